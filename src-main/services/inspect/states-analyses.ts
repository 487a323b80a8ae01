import { UnrollError } from '@shared/errors'
import type { AskedFeature } from '@shared/rpc/inspect-meaning-schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { Edit } from '../../engine/inspect/edits'
import { topStates } from '../../engine/inspect/trace-tensors'
import type { SafetensorsTensor } from '../../formats/safetensors'
import type { ComputeClient } from '../compute/compute-client'
import { networkOf, readerOf, type TrainedModel } from '../models/trained-model'
import { dataCorpus } from './data-corpus'
import { dataFeature } from './data-features'
import { answerOf, lookedSource, type Looked } from './looked-source'
import type { MatchChoice } from './states-match'
import type { OpenedTrace } from './trace-looks'
import type { LookedInputSpec } from '@shared/rpc/inspect-schemas'

export const analysisNames = ['order', 'spectrum', 'space', 'umap', 'occlusion', 'fixed-points'] as const
export type AnalysisName = (typeof analysisNames)[number]

/** What `unroll inspect` writes beside states: what the screens' views show, as tensors and words. */
export interface Analyses {
  tensors: Record<string, SafetensorsTensor>
  /** Entries of the file's metadata. */
  notes: Record<string, string>
  /** For people. */
  lines: string[]
}

export const noAnalyses = (): Analyses => ({ tensors: {}, notes: {}, lines: [] })

export interface AnalysisChoice {
  analyses: readonly AnalysisName[]
  /** Of UMAP. */
  umap: { neighbours: number; seed: number }
  /** Steps of what is read whose Jacobian's eigenvalues are wanted, from 0. */
  jacobian: readonly number[]
  /** Null: nothing to look for in the data. */
  match: MatchChoice | null
  correlate: readonly AskedFeature[]
  probe: readonly AskedFeature[]
  /** Units and gates held at a number while the sequence is read. */
  hold: readonly Edit[]
  /** Another run over the same sequence. */
  other: TrainedModel | null
}

/** Steps of the data read for correlations and probes, and states a probe is fitted to and tested on. */
const [mostRead, mostProbed] = [100_000, 5000]
const components = 3
/** UMAP's, as the screen draws it. */
const flat = 2

const f32 = (shape: number[], data: Float32Array): SafetensorsTensor => ({ dtype: 'F32', shape, data })
const i32 = (shape: number[], data: Int32Array): SafetensorsTensor => ({ dtype: 'I32', shape, data })
const complex = (count: number, size: number, parts: readonly { re: Float32Array; im: Float32Array }[]): SafetensorsTensor =>
  f32([count, size, 2], Float32Array.from({ length: count * size * 2 }, (_, at) => {
    const { re, im } = parts[Math.floor(at / size / 2)]!
    return (at % 2 === 0 ? re : im)[Math.floor(at / 2) % size]!
  }))

/**
 * Analyses of one open trace: the order of units, spectra, principal components, UMAP, occlusion, fixed points, Jacobians.
 * @throws UnrollError `inspect.past-the-end` where a Jacobian's step isn't read
 */
export async function analyse(client: ComputeClient, trace: string, looked: Looked, opened: OpenedTrace, { analyses: names, umap, jacobian }: Pick<AnalysisChoice, 'analyses' | 'umap' | 'jacobian'>, found: Analyses): Promise<void> {
  const states = opened.tensors.filter(({ of }) => of === 'h')
  const range = (stack: string, steps: number) => ({ from: stack === 'decoder.' || looked.decoderLabels !== null ? 0 : looked.warmUp, to: steps })
  for (const { name, stack, layer, direction, steps, width } of states) {
    const cell = `${stack}${name.slice(stack.length + 2)}`
    const place = { trace, stack, layer: layer!, direction: direction! }
    const { from, to } = range(stack, steps)
    if (names.includes('order')) {
      const { order } = await client.look('states', 'order', { trace, tensor: name, by: 'clustering', from, to })
      found.tensors[`order.${name}`] = i32([width], order)
    }
    if (names.includes('spectrum')) {
      const { blocks } = await client.look('states', 'spectrum', place)
      found.tensors[`spectrum.${cell}`] = complex(blocks.length, width, blocks)
    }
    if (names.includes('space')) {
      const { trajectory, axes, mean, explained } = await client.look('states', 'space', { cloud: null, trajectory: { trace, tensor: name, from, to }, method: 'pca', components: Math.min(components, width), neighbours: 15, minDist: 0.1, seed: 1 })
      const kept = axes.length / width
      found.tensors[`space.${name}`] = f32([trajectory.length / kept, kept], trajectory)
      found.tensors[`space.${name}.axes`] = f32([kept, width], axes)
      found.tensors[`space.${name}.mean`] = f32([width], mean)
      found.tensors[`space.${name}.explained`] = f32([kept], Float32Array.from(explained))
    }
    if (names.includes('umap')) {
      const { trajectory } = await client.look('states', 'space', { cloud: null, trajectory: { trace, tensor: name, from, to }, method: 'umap', components: flat, minDist: 0.1, ...umap })
      found.tensors[`umap.${name}`] = f32([trajectory.length / flat, flat], trajectory)
    }
    if (jacobian.length > 0) {
      const beyond = jacobian.find((step) => from + step >= to)
      if (beyond !== undefined) throw new UnrollError('inspect.past-the-end', `There is no step ${beyond} to take the Jacobian of ${cell} at: it reads ${to - from}.`, { hint: `Steps count from 0 to ${to - from - 1}.` })
      const eigen = []
      for (const step of jacobian) eigen.push(await client.look('states', 'jacobian', { ...place, step: from + step }))
      const radius = eigen.map(({ re, im }) => re.reduce((most, value, at) => Math.max(most, Math.hypot(value, im[at]!)), 0))
      found.tensors[`jacobian.${cell}`] = complex(jacobian.length, eigen[0]!.re.length, eigen)
      found.lines.push(`${cell}: |λ| of the Jacobian up to ${jacobian.map((step, at) => `${radius[at]!.toPrecision(3)} at step ${step}`).join(', ')}`)
    }
    if (names.includes('fixed-points')) {
      const { size, points } = await client.look('states', 'fixedPoints', { ...place, input: { from, to }, starts: 32, steps: 60, tolerance: 1e-8 })
      found.tensors[`fixedPoints.${cell}`] = f32([points.length, size], Float32Array.from(points.flatMap(({ state }) => [...state])))
      found.tensors[`fixedPoints.${cell}.eigenvalues`] = complex(points.length, size, points)
      found.lines.push(`${cell}: ${points.length} fixed point${points.length === 1 ? '' : 's'}${points.length > 0 ? `, |λ| up to ${Math.max(...points.map(({ radius }) => radius)).toPrecision(3)}` : ''}`)
    }
  }
  if (names.includes('umap')) found.notes['umap'] = JSON.stringify({ minDist: 0.1, ...umap })
  if (jacobian.length > 0) found.tensors['jacobian.steps'] = i32([jacobian.length], Int32Array.from(jacobian))
  if (names.includes('occlusion')) {
    const { from, to } = range('', opened.steps)
    const { effects, inputs, outputs } = await client.look('states', 'occlude', { trace, from, to, filling: 'mean' })
    found.tensors['occlusion'] = f32([inputs, outputs], effects)
  }
}

/**
 * What units mean, over the data a network was trained on: Pearson's r of every unit of the last layer with properties, and
 * linear read-outs with their held-out scores.
 */
export async function meanings(client: ComputeClient, model: TrainedModel, dataset: PreparedDataset, { correlate, probe }: AnalysisChoice, found: Analyses): Promise<void> {
  const data = dataCorpus(model, dataset, 'all', mostRead)
  const network = { ...readerOf(model), output: 'every-step' as const }
  const tensor = topStates(network.model)[0]!
  const look = { network, corpus: data.corpus, symbols: model.symbols?.symbols ?? null, tensor }
  if (correlate.length > 0) {
    const { names, units, r, counts } = await client.look('states', 'correlate', { ...look, features: correlate.map((asked) => dataFeature(model, dataset, data, asked)) })
    found.tensors['correlations'] = f32([names.length, units], r)
    found.tensors['correlations.counts'] = i32([names.length], Int32Array.from(counts))
    found.notes['correlations.names'] = JSON.stringify(names)
    for (const [row, name] of names.entries()) {
      const own = r.subarray(row * units, (row + 1) * units)
      const best = own.reduce((most, value, unit) => (Math.abs(value) > Math.abs(own[most]!) ? unit : most), 0)
      found.lines.push(`${name}: r = ${own[best]!.toFixed(3)} with unit ${best} of ${tensor}`)
    }
  }
  const probes: object[] = []
  for (const asked of probe) {
    const { weights, ...scores } = await client.look('states', 'probe', { ...look, feature: dataFeature(model, dataset, data, asked), most: mostProbed })
    found.tensors[`probe.${scores.name}`] = f32([weights.length], weights)
    const { numeric, classes, held } = scores
    probes.push({ name: scores.name, kind: scores.kind, trained: scores.trained, held, penalty: scores.penalty, numeric, classes })
    found.lines.push(numeric
      ? `${scores.name} read out of ${tensor}: R² ${numeric.r2.toFixed(3)} on ${held} states held out (mean absolute error ${numeric.error.toPrecision(3)}, the mean alone ${numeric.baselineError.toPrecision(3)})`
      : `${scores.name} read out of ${tensor}: ${(100 * classes!.accuracy).toFixed(1)}% of ${held} states held out (the most frequent class alone ${(100 * classes!.baselineAccuracy).toFixed(1)}%)`)
  }
  if (probes.length > 0) found.notes['probes'] = JSON.stringify(probes)
}

/** The same sequence in another run: which of its units goes with each of the last layer's here, by the largest sum of |r|. */
export async function compare(client: ComputeClient, trace: string, model: TrainedModel, looked: Looked, input: LookedInputSpec, other: TrainedModel, dataset: () => Promise<PreparedDataset>, found: Analyses): Promise<void> {
  const theirs = await lookedSource(other, input, { dataset, answer: answerOf(client, other) })
  const second = 'compared'
  await client.look('states', 'openTrace', { trace: second, network: { ...networkOf(other), output: other.experiment.task.output }, input: theirs.input })
  const [first, last] = [model, other].map(({ experiment }) => topStates(experiment.model, experiment.task.output === 'sequence' ? 'decoder.' : '')[0]!) as [string, string]
  const from = first.startsWith('decoder.') ? 0 : looked.warmUp
  const shift = (last.startsWith('decoder.') ? 0 : theirs.warmUp) - from
  const { matches } = await client.look('states', 'compare', { first: trace, second, tensor: first, other: last, from, to: Number.MAX_SAFE_INTEGER - Math.abs(shift), shift })
  await client.look('states', 'closeTrace', { trace: second })
  found.tensors['compare.units'] = i32([matches.length, 2], Int32Array.from(matches.flatMap(({ unit, other: partner }) => [unit, partner])))
  found.tensors['compare.r'] = f32([matches.length], Float32Array.from(matches, ({ r }) => r))
  found.notes['compare'] = JSON.stringify({ tensor: first, other: last, name: other.record.name, step: other.step })
  found.lines.push(`${first} beside ${last} of ${other.record.name}: mean |r| of matched units ${(matches.reduce((sum, { r }) => sum + Math.abs(r), 0) / Math.max(1, matches.length)).toFixed(3)}`)
}
