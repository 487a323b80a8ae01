import { open, stat, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { ReadOptions } from './prepared-dataset'

const chunkBytes = 256 * 1024
const tellEveryMs = 50

/**
 * The bytes of a file, a chunk at a time, so that memory doesn't grow with the file; the next one is read from the disk
 * while this one is worked on. A chunk is valid until the next is asked for: its memory is used again.
 * @param rows how many rows were read so far, for the progress told
 * @throws UnrollError `import.cancelled` between two chunks; `file.not-found`, `file.not-readable`, `file.not-a-file`
 */
export async function* chunksOf(path: string, options: ReadOptions, rows: () => number = () => 0): AsyncGenerator<Buffer, void, void> {
  const totalBytes = await fileSize(path)
  let bytes = 0
  let told = 0
  let file: FileHandle | null = null
  let coming: Promise<{ bytesRead: number }> | null = null
  try {
    file = await open(path)
    const buffers = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)]
    const ask = (turn: number) => {
      const asked = file!.read(buffers[turn]!, 0, chunkBytes, null)
      // Awaited below; this keeps a failure that comes while a chunk is worked on from counting as unhandled.
      asked.catch(() => undefined)
      return asked
    }
    coming = ask(0)
    for (let turn = 0; ; turn ^= 1) {
      const { bytesRead } = await coming
      throwIfCancelled(options.signal)
      if (bytesRead === 0) break
      coming = ask(turn ^ 1)
      options.onChunk?.(buffers[turn]!.subarray(0, bytesRead))
      yield buffers[turn]!.subarray(0, bytesRead)
      bytes += bytesRead
      const now = Date.now()
      if (options.onProgress && (now - told >= tellEveryMs || bytes >= totalBytes)) {
        told = now
        options.onProgress({ bytes, totalBytes: Math.max(totalBytes, bytes), rows: rows() })
      }
    }
    throwIfCancelled(options.signal)
  } catch (error) {
    throw fileError(path, error)
  } finally {
    await coming?.catch(() => undefined)
    await file?.close()
  }
}

/** @throws UnrollError when it isn't a file that can be read */
export async function fileSize(path: string): Promise<number> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) {
      throw new UnrollError('file.not-a-file', `${basename(path)} is a folder; a file was expected.`, { hint: 'Choose the file inside it.', where: { file: path } })
    }
    if (!found.isFile()) throw new UnrollError('file.not-a-file', `${basename(path)} is a pipe or a device; a file was expected.`, { hint: 'Write what it gives into a file.', where: { file: path } })
    return found.size
  } catch (error) {
    throw fileError(path, error)
  }
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new UnrollError('import.cancelled', 'Reading the data was cancelled; nothing was kept.')
}

/** What the file system said, as a sentence; other errors as they are. */
export function fileError(path: string, error: unknown): unknown {
  if (error instanceof UnrollError || !(error instanceof Error) || !('code' in error)) return error
  const name = basename(path)
  const where = { file: path }
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new UnrollError('file.not-found', `There is no file ${name} at ${path}.`, { hint: 'Check the name, or choose the file again.', where, cause: error })
    case 'EACCES':
    case 'EPERM':
      return new UnrollError('file.not-readable', `${name} can't be read: permission denied.`, { hint: 'Give yourself the right to read it, or copy it elsewhere.', where, cause: error })
    case 'EISDIR':
      return new UnrollError('file.not-a-file', `${name} is a folder; a file was expected.`, { hint: 'Choose the file inside it.', where, cause: error })
    case 'ELOOP':
      return new UnrollError('file.not-found', `${name} is a link that leads round to itself.`, { hint: 'Choose the file it should lead to.', where, cause: error })
    case 'ENAMETOOLONG':
      return new UnrollError('file.not-found', `The name ${name.slice(0, 40)}… is longer than any file's.`, { hint: 'Check the name, or choose the file again.', where, cause: error })
    case 'ERR_INVALID_ARG_VALUE':
      return new UnrollError('file.not-found', `${JSON.stringify(name)} is no file's name: it holds a character of code 0.`, { hint: 'Check the name, or choose the file again.', where: { file: path }, cause: error })
    case 'EIO':
      return new UnrollError('file.not-readable', `${name} can't be read: its disk reports an error.`, { hint: 'Copy the file to another disk and try again.', where, cause: error })
    default:
      return error
  }
}
