import { readdir, stat } from 'node:fs/promises'
import { basename, isAbsolute, join, relative } from 'node:path'
import { z } from 'zod'
import { readJson, writeJson } from '../files/atomic'

/** Where a dataset's source was read from, and how it was then; it never leaves the main side. */
const originSchema = z.object({ name: z.string(), path: z.string().nullable(), bytes: z.number(), modified: z.number() })
export type Origin = z.infer<typeof originSchema>

const originFile = 'origin.json'

/** @param home what lies in it was handed over for this session alone, and isn't looked for again */
export async function originOf(path: string, home: string): Promise<Origin> {
  const from = relative(home, path)
  const kept = from.startsWith('..') || isAbsolute(from)
  return { name: basename(path), path: kept ? path : null, ...await stateOf(path) }
}

export const writeOrigin = (folder: string, origin: Origin): Promise<void> => writeJson(join(folder, originFile), origin)

/** Null: of a dataset without a source, or of one imported by an earlier version. */
export async function readOrigin(folder: string): Promise<Origin | null> {
  const parsed = originSchema.safeParse(await readJson(join(folder, originFile)).catch(() => null))
  return parsed.success ? parsed.data : null
}

/** Whether the source is as it was when it was read. */
export async function sourceState(origin: Origin): Promise<'same' | 'changed' | 'gone' | 'unknown'> {
  if (origin.path === null) return 'unknown'
  try {
    const now = await stateOf(origin.path)
    return now.bytes === origin.bytes && now.modified === origin.modified ? 'same' : 'changed'
  } catch {
    return 'gone'
  }
}

/** Bytes and the newest time of change, of a file or of all in a folder. */
async function stateOf(path: string): Promise<{ bytes: number; modified: number }> {
  const found = await stat(path)
  if (!found.isDirectory()) return { bytes: found.size, modified: Math.round(found.mtimeMs) }
  let [bytes, modified] = [0, 0]
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || !(entry.isDirectory() || entry.isFile())) continue
    const within = await stateOf(join(path, entry.name))
    bytes += within.bytes
    modified = Math.max(modified, within.modified)
  }
  return { bytes, modified }
}
