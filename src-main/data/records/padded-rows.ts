import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { SplitPart } from '@shared/rpc/schemas'
import type { Parts } from './stratified-split'

const mostNumbers = 2 ** 28

/** Rows of token ids, zero past each one's end. */
export function padded(ids: readonly Int32Array[], indices: Int32Array, steps: number): Int32Array {
  const x = new Int32Array(indices.length * steps)
  indices.forEach((index, row) => x.set(ids[index]!, row * steps))
  return x
}

/** @throws UnrollError `dataset.too-large` */
export function checkSize(path: string, count: number, steps: number): void {
  if (count * steps <= mostNumbers) return
  throw new UnrollError('dataset.too-large', `${basename(path)} has ${count.toLocaleString('en')} sequences, the longest of ${steps.toLocaleString('en')} symbols; this version holds up to ${mostNumbers.toLocaleString('en')} symbols, all as long as the longest.`, {
    hint: 'Cut the longest sequences, or use fewer.', where: { file: path },
  })
}

/** Where the parts would lie if they stood one after the other; records are drawn at random. */
export function splitOf(parts: Parts): SplitPart[] {
  let from = 0
  return (['train', 'validation', 'test'] as const).map((part) => {
    const count = parts[part].length
    from += count
    return { part, from: from - count, to: from, count }
  })
}
