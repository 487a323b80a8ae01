import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { DataSpec } from '@shared/experiment/schema'
import type { TextPreview } from '@shared/rpc/schemas'
import { ngramBaseline } from '../../engine/baselines/ngram-baseline'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { splitInOrder, splitParts } from '../split'
import { ngramBaselines } from './ngram-baselines'
import { readText, scan, symbolsIn } from './read-text'

const previewed = 2000

/** A text as a stream of tokens: x_t one character, its target the next. */
export async function prepareText(spec: Extract<DataSpec, { kind: 'text' }>, path: string, options: ReadOptions = {}): Promise<PreparedDataset> {
  const { ids, vocabulary } = await readText(path, options)
  const bounds = splitInOrder(ids.length, spec)
  if (bounds.trainEnd < 2) {
    throw new UnrollError('dataset.too-short', `${basename(path)} leaves ${bounds.trainEnd} character to train on; predicting the next one takes at least 2.`, { hint: 'Choose a longer text.', where: { file: path } })
  }
  const train = ids.subarray(0, bounds.trainEnd)
  const validation = ids.subarray(bounds.trainEnd, bounds.validationEnd)
  const size = vocabulary.length
  const measured = validation.length > 1 ? validation : train
  return {
    data: { form: 'tokens', vocabulary: size, train, validation, test: ids.subarray(bounds.validationEnd) },
    vocabulary,
    scaler: null,
    baselines: [ngramBaseline(size, train, measured), ...ngramBaselines(size, train, measured)].filter((baseline) => baseline !== null).sort((a, b) => a.loss - b.loss),
    unit: null,
    unitScale: 1,
    series: null,
    split: splitParts(bounds),
    length: ids.length,
    inputSize: size,
    outputSize: size,
    summary: `${ids.length.toLocaleString('en')} characters, ${size.toLocaleString('en')} symbols`,
    warnings: unseenSymbols(vocabulary, train),
  }
}

/** Symbols of the held-out parts that training never shows can't be learned; the user should know. */
function unseenSymbols(vocabulary: string[], train: Int32Array): string[] {
  const seen = new Uint8Array(vocabulary.length)
  for (const id of train) seen[id] = 1
  const unseen = vocabulary.filter((_symbol, id) => seen[id] === 0)
  if (unseen.length === 0) return []
  const some = unseen.slice(0, 5).map((symbol) => JSON.stringify(symbol)).join(' ')
  return [`${unseen.length} of ${vocabulary.length} symbols occur only in the held-out parts, so the network can't learn them: ${some}${unseen.length > 5 ? ' …' : ''}`]
}

export async function previewText(path: string, options: ReadOptions = {}): Promise<TextPreview> {
  let start = ''
  let taken = 0
  const { counts, characters, byteOrderMark } = await scan(path, options, (points, count) => {
    for (let index = 0; index < count && taken < previewed; index++, taken++) start += String.fromCodePoint(points[index]!)
  })
  return {
    kind: 'text',
    characters,
    vocabulary: symbolsIn(counts).map((symbol) => ({ symbol, count: counts[symbol.codePointAt(0)!]! })),
    start,
    encoding: byteOrderMark ? 'UTF-8 with byte order mark' : 'UTF-8',
  }
}
