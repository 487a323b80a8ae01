import type { FileToken } from '@shared/rpc/schemas'
import { UnrollError } from '@shared/errors'
import { type Dropped, mostFiles } from './dropped'
import type { HandedOver, WorkbenchHost } from './host'

const atOnce = 4

/**
 * Hands what was dropped, pasted or chosen to the main side: a file as it is, several as one folder.
 * @param onProgress told the bytes handed over, and the time left
 * @throws UnrollError what the host says, `file.too-many`, `file.none`
 */
export async function register(host: WorkbenchHost, dropped: Dropped, onProgress?: (handed: HandedOver) => void, signal?: AbortSignal): Promise<FileToken> {
  const since = performance.now()
  const told = (bytes: number, totalBytes: number) => onProgress?.({ bytes, totalBytes, rows: 0, remainingMs: bytes > 0 ? (performance.now() - since) * (totalBytes - bytes) / bytes : null })
  if (dropped.kind === 'file') {
    const { file } = dropped
    return host.registerFile(file, (sent) => told(sent, file.size), signal)
  }
  // The desktop knows the folder itself; a browser only what lies in it.
  if (host.kind === 'desktop' && dropped.own) return host.registerFile(dropped.own, undefined, signal)
  const files = await dropped.files()
  if (files.length === 0) throw new UnrollError('file.none', `The folder “${dropped.name}” has no files.`, { hint: 'Choose the folder the files lie in.' })
  if (files.length > mostFiles) throw new UnrollError('file.too-many', `The folder “${dropped.name}” has more than ${mostFiles.toLocaleString('en-US')} files.`, { hint: 'Choose the folder of the data alone.' })
  const total = files.reduce((sum, { file }) => sum + file.size, 0)
  const sent = new Float64Array(files.length)
  const tell = () => told(sent.reduce((sum, bytes) => sum + bytes, 0), total)
  const placed: { token: string; path: string }[] = []
  let next = 0
  const work = async () => {
    for (let index = next++; index < files.length; index = next++) {
      signal?.throwIfAborted()
      const { path, file } = files[index]!
      const { token } = await host.registerFile(file, (bytes) => { sent[index] = bytes; tell() }, signal)
      sent[index] = file.size
      tell()
      placed[index] = { token, path }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return host.rpc.call('files.bundle', { name: dropped.name, files: placed })
}
