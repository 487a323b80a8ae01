import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { DataSpec } from '@shared/experiment/schema'
import { ngramBaseline } from '../../engine/baselines/ngram-baseline'
import type { TokenIds } from '../../engine/training/prepared-data'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { readManifest } from '../shards/manifest'
import { gappedParts, splitInOrder, withGap } from '../split'
import { ngramBaselines } from './ngram-baselines'
import { readText, type Text } from './read-text'
import { loadText } from './store-text'
import { fitWords } from './vocabulary'

type TextSpec = Extract<DataSpec, { kind: 'text' }>

const counted: Record<TextSpec['unit'], string> = { char: 'characters', word: 'words', byte: 'bytes' }

/**
 * A text as a stream of tokens: x_t one character, word or byte, its target the next.
 * @param path a file or folder of text, or a stored text (`storeText`)
 */
export async function prepareText(spec: TextSpec, path: string, options: ReadOptions = {}): Promise<PreparedDataset> {
  const text = await textAt(spec, path, options)
  const bounds = withGap(splitInOrder(text.ids.length, spec), spec.gap)
  if (bounds.fitEnd < 2) {
    throw new UnrollError('dataset.too-short', `${basename(path)} leaves ${Math.max(0, bounds.fitEnd)} ${bounds.fitEnd === 1 ? counted[spec.unit].slice(0, -1) : counted[spec.unit]} to train on; predicting the next one takes at least 2.`, { hint: spec.gap > 0 ? 'Make the gap smaller, or hold out less.' : 'Choose a longer text.', where: { file: path } })
  }
  const { ids, symbols: vocabulary } = spec.unit === 'word' ? fitWords(text.ids, text.symbols, bounds.fitEnd, spec.vocabularySize)
    : { ids: text.ids, symbols: text.symbols.map(({ symbol }) => symbol) }
  const train = ids.subarray(0, bounds.fitEnd)
  const validation = ids.subarray(bounds.trainEnd, bounds.measuredEnd)
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
    split: gappedParts(bounds),
    length: ids.length,
    inputSize: size,
    outputSize: size,
    summary: `${ids.length.toLocaleString('en')} ${counted[spec.unit]}, ${size.toLocaleString('en')} symbols`,
    warnings: [...text.warnings, ...spec.unit === 'char' ? unseenSymbols(vocabulary, train) : spec.unit === 'word' ? unknownWords(ids, bounds.fitEnd, size) : []],
  }
}

async function textAt(spec: TextSpec, path: string, options: ReadOptions): Promise<Text> {
  const manifest = await readManifest(path)
  if (manifest === null) return readText(path, spec, options)
  if (manifest.kind !== 'text') throw new UnrollError('dataset.kind', `${basename(path)} holds a stored ${manifest.kind}, not a text.`, { hint: `Set data.kind to "${manifest.kind}".`, where: { parameter: 'data.kind' } })
  for (const key of ['unit', 'lowerCase', 'normalise'] as const) {
    if (manifest.read[key] === spec[key]) continue
    throw new UnrollError('dataset.stored-otherwise', `The dataset was stored with data.${key} ${JSON.stringify(manifest.read[key])}, but the experiment says ${JSON.stringify(spec[key])}.`, {
      hint: `Set data.${key} to ${JSON.stringify(manifest.read[key])}, or import the source again.`, where: { parameter: `data.${key}` },
    })
  }
  return loadText(path, manifest, options)
}

/** Symbols of the held-out parts that training never shows can't be learned; the user should know. */
function unseenSymbols(vocabulary: string[], train: TokenIds): string[] {
  const seen = new Uint8Array(vocabulary.length)
  for (let at = 0; at < train.length; at++) seen[train[at]!] = 1
  const unseen = vocabulary.filter((_symbol, id) => seen[id] === 0)
  if (unseen.length === 0) return []
  const some = unseen.slice(0, 5).map((symbol) => JSON.stringify(symbol)).join(' ')
  return [`${unseen.length} of ${vocabulary.length} symbols occur only in the held-out parts, so the network can't learn them: ${some}${unseen.length > 5 ? ' …' : ''}`]
}

/** How much of a text the vocabulary leaves out. */
function unknownWords(ids: TokenIds, trainEnd: number, size: number): string[] {
  let [inTraining, heldOut] = [0, 0]
  for (let at = 0; at < ids.length; at++) {
    if (ids[at] !== 0) continue
    if (at < trainEnd) inTraining++
    else heldOut++
  }
  if (inTraining + heldOut === 0) return []
  const share = (count: number, of: number) => `${(100 * count / Math.max(1, of)).toFixed(1)} %`
  return [`The ${size.toLocaleString('en')} words of the vocabulary leave out ${share(inTraining, trainEnd)} of the training part and ${share(heldOut, ids.length - trainEnd)} of the held-out parts, which read as the unknown word.`]
}
