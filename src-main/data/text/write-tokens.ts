import type { TokenIds } from '../../engine/training/prepared-data'
import type { ReadOptions } from '../prepared-dataset'
import { ShardWriter } from '../shards/npy'
import { piecesOf } from './pieces'
import type { TextSource } from './text-source'
import type { Encoder } from './tokeniser'

/** Ids a write. */
const room = 512 * 1024

/** What becomes of a text's ids. */
interface Target {
  file: string
  make: (length: number) => TokenIds
  /** Flushed to the disk, or to be worked on further. */
  flushed: boolean
}

/**
 * Writes a text's ids as a new shard.
 * @param look called with all bytes in order   @returns how many were written
 * @throws UnrollError as reading the source, `file.unwritable`
 */
export async function writeTokens(source: TextSource, { file, make, flushed }: Target, encoder: Encoder, options: ReadOptions, look: (bytes: Uint8Array) => void = () => {}): Promise<number> {
  const writer = await ShardWriter.create(file, make, room)
  let [at, written] = [0, 0]
  const send = async () => {
    await writer.write(at)
    written += at
    at = 0
  }
  try {
    for await (const bytes of source.chunks(options, () => written + at)) {
      look(bytes)
      // A chunk that a transformation made longer than the room goes in pieces, each whole characters.
      for (const piece of piecesOf(bytes, room >> 1)) {
        // What waited since the last chunk may be as long as a word.
        if (at + piece.length + 512 > room) await send()
        at = encoder.encode(piece, writer.buffer, at)
      }
    }
    at = encoder.flush(writer.buffer, at)
    await send()
    await writer.close(flushed)
    return written
  } catch (error) {
    await writer.abandon()
    throw error
  }
}
