import { UnrollError, type ErrorPlace } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import { directionsOf, elements, stacksOf } from '@shared/model/weights'
import type { NetworkShape } from '../bptt/network'
import type { ProgramSpec } from '../bptt/programs'
import type { Batch } from './batches'
import type { Weights } from './types'

/** Where a step's numbers went wrong. */
export interface Fault {
  /** Goes on after "the loss became NaN: ". */
  sentence: string
  /** 1 at the first. */
  timeStep?: number
  parameter?: string
}

/** The first tensor that holds a number which is none. */
export function notFinite(tensors: Weights): { name: string; value: number } | null {
  for (const [name, { data }] of Object.entries(tensors)) {
    const value = data.find((each) => !Number.isFinite(each))
    if (value !== undefined) return { name, value }
  }
  return null
}

/** What to say, and what to try, when a number is none any more. */
export function nonFinite(sentence: string, where: ErrorPlace, learningRate: number, { training }: Experiment): UnrollError {
  const { clipNorm, optimizer } = training
  const lower = `Lower the learning rate (now ${learningRate}; try ${Number((learningRate / 10).toPrecision(3))})`
  const decay = optimizer.weightDecay > 1 ? `, the weight decay (now ${optimizer.weightDecay})` : ''
  const clip = clipNorm === null ? 'clip the gradient (training.clipNorm 1)' : `clip harder than at ${clipNorm} (training.clipNorm)`
  return new UnrollError('numeric.non-finite', `${sentence}.`, { hint: `${lower}${decay} or ${clip}.`, where })
}

/** Columns of one sequence [steps, batch, width] in which a number may have gone wrong. */
interface Place {
  what: string
  parameter?: string
  values: ArrayLike<number> | undefined
  columns: [number, number]
  steps: number
  lengths: Int32Array
  /** Computed from the last step to the first. */
  reverse: boolean
}

/**
 * The first place where a number of a training step is not finite: the input, the lowest layer's hidden state at the step
 * it computed first, an output, a gradient; else what is finite but too large to be squared and summed in float32.
 * @param results of `buildDiagnosis` on the same batch and weights
 */
export function findFault({ shape, parameters }: Pick<ProgramSpec, 'shape' | 'parameters'>, batch: Batch, results: Record<string, Float32Array>): Fault | null {
  for (const place of [...inputPlaces(shape, batch), ...layerPlaces(shape, batch, results), outputPlace(shape, batch, results)]) {
    const found = firstWrong(place)
    if (!found) continue
    const timeStep = place.steps === 1 && shape.output === 'last-step' ? batch.lengths[found.row]! : found.timeStep
    return { sentence: `${place.what} is ${found.value} at time step ${timeStep} of ${shape.output === 'last-step' ? shape.steps : place.steps}`, timeStep, ...(place.parameter && { parameter: place.parameter }) }
  }
  let largest = { parameter: '', value: 0 }
  for (const [parameter, { shape: sides }] of parameters) {
    const gradient = results[`grad:${parameter}`]
    if (gradient?.length !== elements(sides)) continue
    const bad = gradient.find((value) => !Number.isFinite(value))
    if (bad !== undefined) return { sentence: `the gradient of ${parameter} holds ${bad} while every hidden state and output is finite`, parameter }
    const most = gradient.reduce((sofar, value) => Math.max(sofar, Math.abs(value)), 0)
    if (most > largest.value) largest = { parameter, value: most }
  }
  if (largest.value === 0) return null
  return { sentence: `every state, output and gradient is finite, but too large to be squared; the largest gradient, ${largest.value.toPrecision(3)}, is that of ${largest.parameter}`, parameter: largest.parameter }
}

const inputPlaces = ({ input, inputSize, steps }: NetworkShape, { x, lengths }: Batch): Place[] =>
  (input === 'values' ? [{ what: 'the input', values: x, columns: [0, inputSize], steps, lengths, reverse: false }] : [])

/** Every layer and direction, of an encoder–decoder first the encoder's, in the order in which they are computed. */
function layerPlaces(shape: NetworkShape, batch: Batch, results: Record<string, Float32Array>): Place[] {
  let index = 0
  return stacksOf(shape.model, shape.inputSize, shape.outputSize, shape.output).flatMap((stack) => Array.from({ length: stack.layers }, (_, layer) => {
    const values = results[`layer:${index++}`]
    const decodes = stack.prefix === 'decoder.'
    return directionsOf(stack).map(({ name, suffix }, at): Place => ({
      what: `the hidden state of ${stack.prefix ? `the ${stack.prefix.slice(0, -1)}'s ` : ''}layer ${layer + 1}${name === 'reverse' ? ' (reverse)' : ''}`,
      parameter: `${stack.prefix}rnn.weight_hh_l${layer}${suffix}`,
      values, columns: [at * stack.hiddenSize, (at + 1) * stack.hiddenSize],
      steps: decodes ? shape.targetSteps! : shape.steps, lengths: decodes ? batch.targetLengths! : batch.lengths, reverse: name === 'reverse',
    }))
  }).flat())
}

function outputPlace({ output, outputSize, steps, targetSteps }: NetworkShape, { lengths, targetLengths }: Batch, results: Record<string, Float32Array>): Place {
  const place = { what: 'the output', parameter: 'head.weight', values: results['outputs'], columns: [0, outputSize] as [number, number], reverse: false }
  if (output === 'last-step') return { ...place, steps: 1, lengths: lengths.map((length) => Math.min(length, 1)) }
  return output === 'sequence' ? { ...place, steps: targetSteps!, lengths: targetLengths! } : { ...place, steps, lengths }
}

/** The first valid step with a number that is not finite; the last one where time goes in reverse. */
function firstWrong({ values, columns: [from, to], steps, lengths, reverse }: Place): { timeStep: number; row: number; value: number } | null {
  if (!values) return null
  const width = values.length / steps / lengths.length
  for (let index = 0; index < steps; index++) {
    const step = reverse ? steps - 1 - index : index
    for (let row = 0; row < lengths.length; row++) {
      if (step >= lengths[row]!) continue
      for (let column = from; column < to; column++) {
        const value = values[(step * lengths.length + row) * width + column]!
        if (!Number.isFinite(value)) return { timeStep: step + 1, row, value }
      }
    }
  }
  return null
}
