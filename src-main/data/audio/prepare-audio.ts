import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { DataSpec } from '@shared/experiment/schema'
import { majorityBaseline } from '../../engine/baselines/class-baselines'
import { pooledBaseline } from '../../engine/baselines/pooled-baseline'
import type { SequencePart } from '../../engine/training/prepared-data'
import type { PreparedDataset, ReadOptions } from '../prepared-dataset'
import { checkClasses } from '../records/check-classes'
import { classesWithoutTraining } from '../records/group-split'
import { splitOf } from '../records/padded-rows'
import type { Parts } from '../records/stratified-split'
import { toScaled } from '../series/scaler'
import { partsOf } from '../splits/parts-of'
import { fitFrameScale } from './frame-scale'
import { hearRecordings, leftOutInWords, type Heard, type LeftOut } from './hear-recordings'
import type { FeatureExtractor, FeatureSettings } from './features'
import { listRecordings } from './list-recordings'
import { suggestGroup } from './name-pattern'

export type AudioSpec = Extract<DataSpec, { kind: 'audio' }>

const mostNumbers = 2 ** 28

/** Recordings as they are used, and which part each lies in. */
export interface SplitRecordings {
  /** In the order of their names, repeats left out unless the experiment keeps them. */
  used: Heard[]
  parts: Parts
  read: number
  leftOut: LeftOut[]
  extractor: FeatureExtractor
  settings: FeatureSettings
}

/**
 * Reads a folder of recordings and splits it: by group where the experiment names one, else as `data.split` says.
 * @throws UnrollError `dataset.*`, `experiment.data`, `file.*`, `import.cancelled`
 */
export async function splitRecordings(spec: AudioSpec, path: string, seed: number, options: ReadOptions = {}): Promise<SplitRecordings> {
  const { heard, leftOut, extractor, settings } = await hearRecordings(await listRecordings(path, spec, options), spec, options)
  const used = spec.repeats === 'all' ? heard : withoutRepeats(heard)
  const labels = [...new Set(used.map(({ label }) => label))].sort()
  const parts = partsOf({
    count: used.length, classes: used.map(({ label }) => labels.indexOf(label)),
    groups: spec.group === undefined ? null : used.map(({ group }) => group!), equal: spec.together === 'equal' ? used.map(({ hash }) => hash) : null,
  }, spec, seed)
  return { used, parts, read: heard.length, leftOut, extractor, settings }
}

/**
 * Recordings as sequences of frames with a class each: x_t the features of a frame, scaled to mean 0 and deviation 1 of the
 * training part's frames, band by band.
 * @throws UnrollError `dataset.*`, `experiment.data`, `file.*`, `import.cancelled`
 */
export async function prepareAudio(spec: AudioSpec, path: string, seed: number, options: ReadOptions = {}): Promise<PreparedDataset> {
  const { used, parts, read, leftOut, extractor, settings } = await splitRecordings(spec, path, seed, options)
  const classes = [...new Set(used.map(({ label }) => label))].sort()
  checkClasses(path, classes, used.length)
  const width = extractor.width
  const steps = used.reduce((most, { features: { frames } }) => Math.max(most, frames), 0)
  if (used.length * steps * width > mostNumbers) {
    throw new UnrollError('dataset.too-large', `${basename(path)} has ${used.length.toLocaleString('en')} recordings, the longest of ${steps.toLocaleString('en')} frames of ${width} numbers; this version holds up to ${mostNumbers.toLocaleString('en')} numbers, all as long as the longest.`, {
      hint: 'Cut the longest recordings, raise data.hop, or use fewer.', where: { file: path },
    })
  }
  const scales = fitFrameScale(extractor.names, Array.from(parts.train, (index) => used[index]!.features))
  const partOf = (indices: Int32Array): SequencePart => {
    const x = new Float32Array(indices.length * steps * width)
    indices.forEach((index, row) => {
      const { values } = used[index]!.features
      for (let at = 0; at < values.length; at++) x[row * steps * width + at] = toScaled(scales[at % width]!, values[at]!)
    })
    return { count: indices.length, x, y: Int32Array.from(indices, (index) => classes.indexOf(used[index]!.label)), lengths: Int32Array.from(indices, (index) => used[index]!.features.frames) }
  }
  const [train, validation, test] = [partOf(parts.train), partOf(parts.validation), partOf(parts.test)]
  const measured = validation.count > 0 ? validation : train
  const sizes = { steps, width, classes: classes.length }
  return {
    data: { form: 'sequences', input: 'values', target: 'classes', inputSize: width, outputSize: classes.length, steps, train, validation, test },
    vocabulary: null,
    classes,
    scaler: { kind: 'standard', columns: scales },
    baselines: [pooledBaseline(sizes, train, measured), majorityBaseline(classes.length, train.y, measured.y)].filter((baseline) => baseline !== null).sort((a, b) => a.loss - b.loss),
    unit: null,
    unitScale: 1,
    series: null,
    split: splitOf(parts),
    length: used.length,
    inputSize: width,
    outputSize: classes.length,
    summary: `${used.length.toLocaleString('en')} recordings of up to ${steps.toLocaleString('en')} frames of ${width} ${spec.features === 'mfcc' ? 'coefficients' : 'bands'}, ${classes.length.toLocaleString('en')} classes`,
    warnings: [
      ...leftOutInWords(leftOut, read + leftOut.length),
      ...repeatsInWords(read, used.length),
      ...ratesInWords(used, settings.rate),
      ...classesWithoutTraining(classes, used.map(({ label }) => label), parts),
      ...groupsInWords(used, spec),
    ],
  }
}

function withoutRepeats(heard: readonly Heard[]): Heard[] {
  const seen = new Set<string>()
  return heard.filter(({ hash, label }) => {
    const key = `${hash} ${label}`
    return !seen.has(key) && seen.add(key)
  })
}

const repeatsInWords = (read: number, used: number): string[] =>
  read === used ? [] : [`${(read - used).toLocaleString('en')} of the ${read.toLocaleString('en')} recordings repeat another one exactly and are left out (data.repeats "all" keeps them).`]

function ratesInWords(used: readonly Heard[], rate: number): string[] {
  const others = used.filter((each) => each.rate !== rate)
  if (others.length === 0) return []
  const rates = [...new Set(others.map((each) => each.rate))].sort((a, b) => a - b).slice(0, 3).map((each) => each.toLocaleString('en')).join(', ')
  return [`${others.length.toLocaleString('en')} of the ${used.length.toLocaleString('en')} recordings have another sample rate (${rates} Hz) and are brought to ${rate.toLocaleString('en')} Hz (data.sampleRate).`]
}

function groupsInWords(used: readonly Heard[], { group }: AudioSpec): string[] {
  const found = group === undefined ? suggestGroup(used) : null
  return found === null ? [] : [`The file names carry what may be a speaker or a session, such as "${found.example}" (${found.groups} of them), and each stands on both sides of the split, so the held-out figures flatter a network that knows the voice; set data.group to "${found.pattern}".`]
}
