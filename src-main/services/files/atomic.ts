import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UnrollError } from '@shared/errors'

/**
 * Writes a file whole or not at all: under a temporary name beside it, flushed to the disk, then renamed.
 * @throws UnrollError `file.unwritable` naming the file and the system's reason
 */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(path)
  try {
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw unwritable(path, error)
  }
}

export const writeJson = (path: string, value: unknown): Promise<void> => writeAtomic(path, `${JSON.stringify(value, null, 2)}\n`)

/** Copies a file whole or not at all. */
export async function copyAtomic(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const temporary = temporaryName(to)
  try {
    await pipeline(createReadStream(from), createWriteStream(temporary, { flags: 'wx', flush: true }), { ...(signal && { signal }) })
    await rename(temporary, to)
  } catch (error) {
    await rm(temporary, { force: true })
    throw signal?.aborted ? error : unwritable(to, error)
  }
}

/** The parsed file; null when there is none. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** @throws UnrollError `file.unwritable` */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw unwritable(path, error)
  }
}

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT'

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Names begin with a dot, so that a folder's reader passes over what a killed process left. */
const temporaryName = (path: string) => path.replace(/([^/\\]*)$/, `.$1.${randomUUID().slice(0, 8)}.tmp`)

/** A rename is on the disk only when its folder is. Not every system can flush a folder; then the rename is all there is. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EINVAL', 'EACCES'].includes(codeOf(error) ?? '')) throw error
  }
}

const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full', EACCES: 'you may not write there', EPERM: 'you may not write there',
  EROFS: 'that disk can only be read', ENOTDIR: 'a part of the path is a file, not a folder', ENOENT: 'its folder isn\'t there',
  EEXIST: 'something of that name is in the way', EISDIR: 'a folder of that name is in the way',
}

/** What the system said about writing, as a sentence. */
export function unwritable(path: string, cause: unknown): UnrollError {
  if (cause instanceof UnrollError) return cause
  const reason = reasons[codeOf(cause) ?? ''] ?? (cause instanceof Error ? cause.message : String(cause))
  return new UnrollError('file.unwritable', `Can't write ${path}: ${reason}.`, {
    hint: 'Make room or choose another folder, then try again.', where: { file: path }, cause,
  })
}
