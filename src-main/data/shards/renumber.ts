import { open, type FileHandle } from 'node:fs/promises'
import type { TokenIds } from '../../engine/training/prepared-data'
import { throwIfCancelled } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { damaged, headerBytes, headerOf, typeOf, unwritable, writeAll } from './npy'
import { idsFor } from './token-ids'

/** Ids a read. */
const room = 512 * 1024

/**
 * Puts other ids in place of a shard's int32 ones, in the narrowest type, within the same file: what is written lies before
 * what is still to be read, as no id grows wider. Flushed to the disk.
 * @param length ids in the shard   @param ids the new ones by the old
 * @throws UnrollError `file.unwritable`, `dataset.damaged`, `import.cancelled`
 */
export async function renumberShard(path: string, length: number, ids: TokenIds, options: ReadOptions = {}): Promise<void> {
  const old = [new Int32Array(room), new Int32Array(room)] as const
  const fresh = [idsFor(ids.length, room), idsFor(ids.length, room)] as const
  const width = fresh[0].BYTES_PER_ELEMENT
  try {
    const file = await open(path, 'r+')
    let writing: Promise<unknown> = Promise.resolve()
    try {
      const ask = (first: number, turn: number) => settled(readAll(file, path, bytesOf(old[turn]!, Math.min(room, length - first)), headerBytes + 4 * first))
      let coming = ask(0, 0)
      for (let first = 0, turn = 0; first < length; first += room, turn ^= 1) {
        throwIfCancelled(options.signal)
        await coming
        if (first + room < length) coming = ask(first + room, turn ^ 1)
        const count = Math.min(room, length - first)
        const [from, to] = [old[turn]!, fresh[turn]!]
        for (let at = 0; at < count; at++) to[at] = ids[from[at]!]!
        await writing
        writing = settled(writeAll(file, bytesOf(to, count), headerBytes + width * first))
        options.onProgress?.({ bytes: first + count, totalBytes: length, rows: length })
      }
      await writing
      await file.truncate(headerBytes + width * length)
      await writeAll(file, headerOf(typeOf(fresh[0]), [length]), 0)
      await file.sync()
    } finally {
      await writing.catch(() => undefined)
      await file.close()
    }
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Awaited later: until then a failure doesn't count as unhandled. */
function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

const bytesOf = (ids: TokenIds, count: number): Uint8Array => new Uint8Array(ids.buffer, 0, count * ids.BYTES_PER_ELEMENT)

async function readAll(file: FileHandle, path: string, into: Uint8Array, offset: number): Promise<void> {
  for (let at = 0; at < into.length;) {
    const { bytesRead } = await file.read(into, at, into.length - at, offset + at)
    if (bytesRead === 0) throw damaged(path)
    at += bytesRead
  }
}
