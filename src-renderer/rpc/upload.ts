import { UnrollError } from '@shared/errors'
import { type FileToken, fileTokenSchema } from '@shared/rpc/schemas'
import { uploadPath } from '@shared/rpc/serve-paths'

/**
 * Streams a file to the serving machine.
 * @param onProgress told the bytes sent
 * @param signal     ends it; the server then keeps nothing
 * @throws UnrollError what the server said, `upload.cancelled`, or `rpc.disconnected`
 */
export function uploadFile(file: File, onProgress?: (sent: number) => void, signal?: AbortSignal): Promise<FileToken> {
  // fetch() tells nothing of the progress of what it sends.
  const request = new XMLHttpRequest()
  return new Promise((resolve, reject) => {
    const cancel = () => request.abort()
    const cancelled = () => reject(new UnrollError('upload.cancelled', `The upload of "${file.name}" was cancelled.`))
    if (signal?.aborted) return cancelled()
    signal?.addEventListener('abort', cancel)
    request.upload.onprogress = (event) => onProgress?.(Math.min(event.loaded, file.size))
    request.onabort = cancelled
    request.onerror = () => reject(new UnrollError('rpc.disconnected', `The connection was lost while "${file.name}" was being sent.`, { hint: 'Try again when Unroll answers.' }))
    request.onload = () => {
      try { resolve(answerOf(request, file.name)) } catch (error) { reject(error) }
    }
    request.onloadend = () => signal?.removeEventListener('abort', cancel)
    request.open('PUT', uploadPath(file.name))
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.send(file)
  })
}

function answerOf(request: XMLHttpRequest, name: string): FileToken {
  let answer: unknown
  try { answer = JSON.parse(request.responseText) } catch { answer = null }
  const token = fileTokenSchema.safeParse(answer)
  if (request.status === 201 && token.success) return token.data
  const error = UnrollError.from(answer)
  throw error.code === 'internal.fault' ? new UnrollError('upload.failed', `"${name}" could not be sent: the server answered with status ${request.status}.`) : error
}
