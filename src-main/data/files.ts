import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { ReadOptions } from './prepared-dataset'

const chunkBytes = 256 * 1024
const tellEveryMs = 50

/**
 * The bytes of a file, a chunk at a time, so that memory doesn't grow with the file.
 * @param rows how many rows were read so far, for the progress told
 * @throws UnrollError `import.cancelled` between two chunks; `file.not-found`, `file.not-readable`, `file.not-a-file`
 */
export async function* chunksOf(path: string, options: ReadOptions, rows: () => number = () => 0): AsyncGenerator<Buffer, void, void> {
  const totalBytes = await fileSize(path)
  let bytes = 0
  let told = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
      throwIfCancelled(options.signal)
      yield chunk as Buffer
      bytes += (chunk as Buffer).length
      const now = Date.now()
      if (options.onProgress && (now - told >= tellEveryMs || bytes >= totalBytes)) {
        told = now
        options.onProgress({ bytes, totalBytes: Math.max(totalBytes, bytes), rows: rows() })
      }
    }
    throwIfCancelled(options.signal)
  } catch (error) {
    throw fileError(path, error)
  }
}

/** @throws UnrollError when it isn't a file that can be read */
export async function fileSize(path: string): Promise<number> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) {
      throw new UnrollError('file.not-a-file', `${basename(path)} is a folder; a file was expected.`, { hint: 'Choose the file inside it.', where: { file: path } })
    }
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
    case 'EIO':
      return new UnrollError('file.not-readable', `${name} can't be read: its disk reports an error.`, { hint: 'Copy the file to another disk and try again.', where, cause: error })
    default:
      return error
  }
}
