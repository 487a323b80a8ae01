import { UnrollError } from '@shared/errors'
import type { LookedInputSpec } from '@shared/rpc/inspect-schemas'
import { topStates } from '../../engine/inspect/trace-tensors'
import type { PreparedDataset } from '../../data/prepared-dataset'
import { writeSafetensors, type SafetensorsTensor } from '../../formats/safetensors'
import type { ComputeClient } from '../compute/compute-client'
import { networkOf, type TrainedModel } from '../models/trained-model'
import { weightsMetadata } from '../runs/weights-metadata'
import { editedNetwork } from '../../engine/inspect/edits'
import { analyse, compare, meanings, noAnalyses, type Analyses, type AnalysisChoice } from './states-analyses'
import { matchPlaces, placesTable, type MatchedPlace } from './states-match'
import type { OpenedTrace } from './trace-looks'
import { answerOf, columnNames, lookedSource, type Looked } from './looked-source'

/** A tensor of a trace: [steps, width], and what stands at each of its steps. */
export interface StatesTensor { name: string; width: number; values: Float32Array; timeline: 'source' | 'target' }

export interface States {
  model: TrainedModel
  looked: Looked
  tensors: StatesTensor[]
  losses: Float32Array | null
  loss: number | null
  /** ‖∂y_t/∂x_s‖₂ of every output by every input, [outputs, inputs], and its mean by lag (not of pairs); null unless asked for. */
  connectivity: { outputs: number; inputs: number; norms: Float32Array; lags: Float32Array | null } | null
  /** Where in the data the units asked for are on; null unless asked for. */
  places: MatchedPlace[] | null
  analyses: Analyses
}

export interface StatesChoice extends AnalysisChoice {
  input: LookedInputSpec
  /** Layers to take, from 0; null: all. */
  layers: readonly number[] | null
  /** Letters to take (h c i f g o r z n q Wx Uh y embedding attention); null: all. */
  letters: readonly string[] | null
  /** Also how the last output and state depend on what came before, and every output on every input. */
  gradients: boolean
}

function expectLayers(asked: readonly number[], layers: number): void {
  const missing = asked.filter((layer) => layer >= layers)
  if (missing.length === 0) return
  throw new UnrollError('inspect.no-layer', `This network has no layer ${missing.join(', ')}.`, { hint: layers === 1 ? 'It has one, layer 0.' : `It has layers 0 to ${layers - 1}.` })
}

/**
 * Everything inside a network over one sequence, as `unroll inspect` writes it.
 * @throws UnrollError `inspect.*`, `prompt.unknown-symbol`
 */
export async function collectStates(client: ComputeClient, model: TrainedModel, readDataset: () => Promise<PreparedDataset>, { input, layers, letters, gradients, ...more }: StatesChoice): Promise<States> {
  expectLayers(layers ?? [], model.experiment.model.layers)
  let read: Promise<PreparedDataset> | null = null
  const dataset = () => (read ??= readDataset())
  const looked = await lookedSource(model, input, { dataset, answer: answerOf(client, model) })
  const analyses = noAnalyses()
  const trace = 'states'
  const whole = { ...networkOf(model), output: model.experiment.task.output }
  const network = more.hold.length > 0 ? editedNetwork(whole, more.hold) : whole
  if (more.hold.length > 0) {
    const before = await client.look('states', 'openTrace', { trace, network: whole, input: looked.input })
    analyses.notes['hold'] = JSON.stringify(more.hold)
    if (before.loss !== null) analyses.notes['hold.lossBefore'] = String(before.loss)
    if (before.loss !== null) analyses.lines.push(`mean loss with nothing held: ${Number(before.loss.toPrecision(4))}`)
  }
  const opened = await client.look('states', 'openTrace', { trace, network, input: looked.input })
  const chosen = opened.tensors.filter(({ layer, of }) => (layers === null || layer === null || layers.includes(layer)) && (letters === null || letters.includes(of)))
  if (chosen.length === 0) {
    throw new UnrollError('inspect.nothing', 'None of this network\'s tensors was chosen.', { hint: `It has ${[...new Set(opened.tensors.map(({ of }) => of))].join(', ')} in ${model.experiment.model.layers} layer${model.experiment.model.layers === 1 ? '' : 's'}, counted from 0.` })
  }
  const tensors: StatesTensor[] = []
  for (const { name, stack, steps } of chosen) {
    const target = stack === 'decoder.'
    const { values, width } = await client.look('states', 'readTrace', { trace, tensor: name, from: target ? 0 : looked.warmUp, to: steps, bucket: 1 })
    tensors.push({ name, width, values: values!, timeline: target ? 'target' : 'source' })
  }
  const memory = gradients ? await gradientTensors(client, trace, looked, opened) : null
  await analyse(client, trace, looked, opened, more, analyses)
  if (more.other) await compare(client, trace, model, looked, input, more.other, dataset, analyses)
  if (more.correlate.length + more.probe.length > 0) await meanings(client, model, await dataset(), more, analyses)
  const places = more.match ? await matchPlaces(client, trace, model, looked, opened, await dataset(), more.match, analyses) : null
  await client.look('states', 'closeTrace', { trace })
  return { analyses, places, model, looked, tensors: [...tensors, ...memory?.tensors ?? []], connectivity: memory?.connectivity ?? null, losses: opened.losses?.slice(looked.decoderLabels === null ? looked.warmUp : 0) ?? null, loss: opened.loss }
}

/**
 * Gradients of the last output (its target's logit, else the likeliest; of numbers the first column), of every layer's last
 * state, and of all outputs by all inputs.
 * @throws UnrollError `inspect.too-long` beyond 512 steps
 */
async function gradientTensors(client: ComputeClient, trace: string, looked: Looked, opened: OpenedTrace): Promise<{ tensors: StatesTensor[]; connectivity: NonNullable<States['connectivity']> }> {
  const pairs = looked.decoderLabels !== null
  const [from, to] = [pairs ? 0 : looked.warmUp, opened.steps]
  const found = await client.look('states', 'inputGradients', { trace, from, to, steps: null, followed: { kind: 'target' } })
  const last = found.outputs - 1
  const ofLast = (values: Float32Array) => {
    const steps = values.length / found.outputs
    return values.slice(last * steps, (last + 1) * steps)
  }
  const timeline = (name: string) => (name.startsWith('decoder.') ? 'target' as const : 'source' as const)
  const tensors: StatesTensor[] = [
    { name: 'gradient.x', width: 1, values: ofLast(found.norms), timeline: 'source' },
    ...Object.entries(found.states).map(([name, values]): StatesTensor => ({ name: `gradient.${name}`, width: 1, values: ofLast(values), timeline: timeline(name) })),
  ]
  for (const { name, of, stack, layer, direction } of opened.tensors) {
    if (of !== 'h') continue
    const { norms, units } = await client.look('states', 'flow', { trace, from, to, stack, layer: layer!, direction: direction! })
    tensors.push({ name: `flow.${name}`, width: 1, values: norms, timeline: timeline(name) }, { name: `flow.units.${name}`, width: units.length / norms.length, values: units, timeline: timeline(name) })
  }
  return { tensors, connectivity: { outputs: found.outputs, inputs: found.inputs, norms: found.norms, lags: found.lags } }
}

/** The tensors by their names, what was read, and `hidden`, the last layer's h with its directions side by side. */
export function statesFile({ model, looked: { input, warmUp, labels, decoderLabels }, tensors, losses, connectivity, analyses }: States): Uint8Array {
  const file: Record<string, SafetensorsTensor> = {}
  for (const { name, width, values } of tensors) file[name] = { dtype: 'F32', shape: [values.length / width, width], data: values }
  const top = topStates(model.experiment.model, decoderLabels === null ? '' : 'decoder.').map((name) => tensors.find((each) => each.name === name))
  if (top.every((each) => each !== undefined)) {
    const width = top.reduce((sum, each) => sum + each.width, 0)
    file['hidden'] = { dtype: 'F32', shape: [top[0]!.values.length / top[0]!.width, width], data: sideBySide(top) }
  }
  if (input.kind === 'tokens') file['tokens'] = { dtype: 'I32', shape: [labels.length], data: (input.x as Int32Array).slice(warmUp) }
  else file['x'] = { dtype: 'F32', shape: [labels.length, model.inputSize], data: (input.x as Float32Array).slice(warmUp * model.inputSize) }
  if (input.decoder) file['decoder.tokens'] = { dtype: 'I32', shape: [input.decoder.length], data: input.decoder }
  if (connectivity) file['connectivity'] = { dtype: 'F32', shape: [connectivity.outputs, connectivity.inputs], data: connectivity.norms }
  if (connectivity?.lags) file['connectivity.lags'] = { dtype: 'F32', shape: [connectivity.lags.length], data: connectivity.lags }
  Object.assign(file, analyses.tensors)
  if (losses) file['losses'] = { dtype: 'F32', shape: [losses.length], data: losses }
  const { inputs, outputs } = columnNames(model)
  return writeSafetensors(file, {
    ...weightsMetadata(model.experiment, model.record, { vocabulary: null, scaler: model.scaler }, model.step),
    labels: JSON.stringify(labels), inputs: JSON.stringify(inputs), outputs: JSON.stringify(outputs),
    ...analyses.notes,
    ...(decoderLabels && { 'decoder.labels': JSON.stringify(decoderLabels) }),
  })
}

/**
 * One row a step: its number from 0, what is read there, and every column of every tensor; of pairs the target's steps after the
 * source's. Where places were looked for, one row a place instead.
 */
export function* statesTable({ looked: { labels, decoderLabels }, tensors, losses, places }: States): Generator<string> {
  if (places) return yield* placesTable(places, quoted)
  yield ['step', 'label', ...tensors.flatMap(({ name, width }) => Array.from({ length: width }, (_, unit) => `${name}[${unit}]`)), ...(losses ? ['loss'] : [])].map(quoted).join(',')
  const timelines = decoderLabels === null ? [['source', labels] as const] : [['source', labels] as const, ['target', decoderLabels] as const]
  for (const [timeline, names] of timelines) {
    const withLoss = timeline === (decoderLabels === null ? 'source' : 'target')
    for (const [step, label] of names.entries()) {
      const cells = tensors.flatMap(({ width, values, timeline: own }) => Array.from({ length: width }, (_, unit) => (own === timeline ? number(values[step * width + unit]!) : '')))
      yield [String(step), quoted(label), ...cells, ...(losses ? [withLoss ? number(losses[step]!) : ''] : [])].join(',')
    }
  }
}

const number = (value: number): string => (Number.isNaN(value) ? '' : String(Number(value.toPrecision(9))))
const quoted = (text: string): string => (/[",\n\r]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text)

function sideBySide(parts: readonly { width: number; values: Float32Array }[]): Float32Array {
  const width = parts.reduce((sum, part) => sum + part.width, 0)
  const steps = parts[0]!.values.length / parts[0]!.width
  const all = new Float32Array(steps * width)
  let offset = 0
  for (const part of parts) {
    for (let step = 0; step < steps; step++) all.set(part.values.subarray(step * part.width, (step + 1) * part.width), step * width + offset)
    offset += part.width
  }
  return all
}
