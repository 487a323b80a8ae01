import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import { fileError, throwIfCancelled } from '../files'
import type { ReadOptions } from '../prepared-dataset'

/**
 * Shards are .npy files, version 1.0, little-endian, in C order: `numpy.load(path, mmap_mode="r")` maps them as they lie.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export type ShardArray = Uint8Array | Uint16Array | Int32Array | Float32Array | Float64Array

const kinds = {
  '|u1': Uint8Array, '<u2': Uint16Array, '<i4': Int32Array, '<f4': Float32Array, '<f8': Float64Array,
} as const
export type ShardType = keyof typeof kinds

/** Always as long, so that the count of rows can be filled in when it is known. */
export const headerBytes = 128
/** One read call takes at most 2^31 bytes. */
const readBytes = 64 * 1024 * 1024
/** Numbers of a block of rows. */
const blockElements = 512 * 1024

export const typeOf = (array: ShardArray): ShardType => (Object.keys(kinds) as ShardType[]).find((type) => array instanceof kinds[type])!

export function headerOf(type: ShardType, shape: readonly number[]): Buffer {
  const bytes = Buffer.alloc(headerBytes, ' ')
  bytes.write('\x93NUMPY\x01\x00', 0, 'latin1')
  bytes.writeUInt16LE(headerBytes - 10, 8)
  bytes.write(`{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`, 10, 'latin1')
  bytes.write('\n', headerBytes - 1)
  return bytes
}

/**
 * Writes a shard row by row, without knowing how many there will be. It owns two buffers: one is filled while the other is
 * written.
 */
export class ShardWriter<A extends ShardArray> {
  private turn = 0
  private writing: Promise<unknown> = Promise.resolve()
  private elements = 0

  private constructor(private readonly file: FileHandle, private readonly path: string, private readonly buffers: readonly [A, A], private readonly columns: number | null) {}

  /**
   * @param room elements a buffer   @param make a buffer of the shard's type
   * @param columns null: a list of numbers; else rows of so many
   */
  static async create<A extends ShardArray>(path: string, make: (length: number) => A, room: number, columns: number | null = null): Promise<ShardWriter<A>> {
    try {
      const file = await open(path, 'wx')
      await file.write(Buffer.alloc(headerBytes, ' '))
      return new ShardWriter(file, path, [make(room), make(room)], columns)
    } catch (error) {
      throw unwritable(path, error)
    }
  }

  /** Where the next elements go. */
  get buffer(): A { return this.buffers[this.turn]! }

  /** The first `count` elements of `buffer` are written; `buffer` is another one from then on. */
  async write(count: number): Promise<void> {
    const { buffer, byteOffset, BYTES_PER_ELEMENT } = this.buffer
    const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, count * BYTES_PER_ELEMENT)
    await this.written()
    this.writing = writeAll(this.file, bytes)
    this.writing.catch(() => undefined)
    this.elements += count
    this.turn ^= 1
  }

  /** @param flushed to the disk; else what is written further must be   @returns the shape written */
  async close(flushed = true): Promise<number[]> {
    const shape = this.columns === null ? [this.elements] : [this.elements / this.columns, this.columns]
    try {
      await this.written()
      await this.file.write(headerOf(typeOf(this.buffer), shape), 0, headerBytes, 0)
      if (flushed) await this.file.sync()
    } catch (error) {
      throw unwritable(this.path, error)
    } finally {
      await this.file.close()
    }
    return shape
  }

  /** Closes the file, which is left as it is. */
  async abandon(): Promise<void> {
    await this.writing.catch(() => undefined)
    await this.file.close().catch(() => undefined)
  }

  private async written(): Promise<void> {
    try {
      await this.writing
    } catch (error) {
      throw unwritable(this.path, error)
    }
  }
}

/** @param offset in the file; null: where it was written last */
export async function writeAll(file: FileHandle, bytes: Uint8Array, offset: number | null = null): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at, offset === null ? null : offset + at)).bytesWritten
}

/**
 * A whole shard.
 * @param expected what its header should say; a shard that was cut short or exchanged isn't read
 * @throws UnrollError `dataset.damaged`, `file.*`, `import.cancelled`
 */
export async function readShard(path: string, expected: { type: ShardType; shape: readonly number[] }, options: ReadOptions = {}): Promise<ShardArray> {
  const array = new kinds[expected.type](expected.shape.reduce((product, size) => product * size, 1))
  await readInto(path, expected, new Uint8Array(array.buffer), options)
  return array
}

/**
 * A [rows, columns] shard of float64 block by block, so that no more of it than a block is in memory.
 * @param take a block of whole rows, valid during the call, and the number of its first row, from 0
 */
export async function readShardRows(path: string, expected: { type: ShardType; shape: readonly number[] }, options: ReadOptions, take: (block: Float64Array, first: number) => void): Promise<void> {
  const [rows, columns] = expected.shape as [number, number]
  const blockRows = Math.max(1, Math.floor(blockElements / columns))
  const block = new Float64Array(Math.min(rows, blockRows) * columns)
  await withShard(path, expected, async (read) => {
    for (let first = 0; first < rows; first += blockRows) {
      const part = block.subarray(0, Math.min(blockRows, rows - first) * columns)
      await read(new Uint8Array(part.buffer, 0, part.byteLength), first * columns * block.BYTES_PER_ELEMENT, options)
      take(part, first)
    }
  })
}

async function readInto(path: string, expected: { type: ShardType; shape: readonly number[] }, bytes: Uint8Array, options: ReadOptions): Promise<void> {
  await withShard(path, expected, (read) => read(bytes, 0, options))
}

type ReadAt = (into: Uint8Array, offset: number, options: ReadOptions) => Promise<void>

async function withShard(path: string, { type, shape }: { type: ShardType; shape: readonly number[] }, job: (read: ReadAt) => Promise<void>): Promise<void> {
  const totalBytes = shape.reduce((product, size) => product * size, 1) * kinds[type].BYTES_PER_ELEMENT
  try {
    const file = await open(path)
    try {
      const header = Buffer.alloc(headerBytes)
      await file.read(header, 0, headerBytes, 0)
      if (!header.equals(headerOf(type, shape)) || (await file.stat()).size !== headerBytes + totalBytes) throw damaged(path)
      await job(async (into, offset, { signal, onProgress }) => {
        for (let at = 0; at < into.length;) {
          throwIfCancelled(signal)
          const { bytesRead } = await file.read(into, at, Math.min(readBytes, into.length - at), headerBytes + offset + at)
          if (bytesRead === 0) throw damaged(path)
          at += bytesRead
          onProgress?.({ bytes: offset + at, totalBytes, rows: Math.floor((offset + at) / totalBytes * (shape[0] ?? 0)) })
        }
      })
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError(path, error)
  }
}

export const damaged = (path: string) =>
  new UnrollError('dataset.damaged', `${basename(path)} isn't what was stored: the dataset's file was cut short or exchanged.`, { hint: 'Remove the dataset and import its source again.', where: { file: path } })

export const unwritable = (path: string, cause: unknown) => cause instanceof UnrollError ? cause
  : new UnrollError('file.unwritable', `${path} can't be written: ${cause instanceof Error ? cause.message : String(cause)}.`, { hint: 'Check that the disk has room and that you may write there.', where: { file: path }, cause })
