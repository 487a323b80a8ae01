import { directionsOf, elements } from '@shared/model/weights'
import type { ProgramSpec } from '../bptt/programs'
import type { Batch } from './batches'

/** Where a step's numbers went wrong. */
export interface Fault {
  /** Goes on after "the loss became NaN: ". */
  sentence: string
  /** 1 at the first. */
  timeStep?: number
  parameter?: string
}

/**
 * The first place where a number of a training step is not finite: the input, the lowest layer's hidden state at the step
 * it computed first, an output, a gradient; else what is finite but too large to be squared and summed in float32.
 * @param results of `buildDiagnosis` on the same batch and weights
 */
export function findFault({ shape, parameters }: ProgramSpec, batch: Batch, results: Record<string, Float32Array>): Fault | null {
  const { model, steps, inputSize, outputSize } = shape
  const { lengths } = batch
  const { hiddenSize } = model
  const width = (values: ArrayLike<number>) => values.length / steps / lengths.length
  const place = (what: string, found: { timeStep: number; value: number }): Fault =>
    ({ sentence: `${what} is ${found.value} at time step ${found.timeStep} of ${steps}`, timeStep: found.timeStep })

  if (shape.input === 'values') {
    const found = firstWrong(batch.x, lengths, steps, [0, inputSize], inputSize, false)
    if (found) return place('the input', found)
  }
  for (let layer = 0; layer < model.layers; layer++) {
    const hidden = results[`layer:${layer}`]
    if (!hidden) return null
    for (const [index, { name, suffix }] of directionsOf(model).entries()) {
      const found = firstWrong(hidden, lengths, steps, [index * hiddenSize, (index + 1) * hiddenSize], width(hidden), name === 'reverse')
      if (found) return { ...place(`the hidden state of layer ${layer + 1}${name === 'reverse' ? ' (reverse)' : ''}`, found), parameter: `rnn.weight_hh_l${layer}${suffix}` }
    }
  }
  const outputs = results['outputs']!
  const lastStep = shape.output === 'last-step'
  const wrong = lastStep
    ? firstWrong(outputs, lengths.map((length) => Math.min(length, 1)), 1, [0, outputSize], outputSize, false)
    : firstWrong(outputs, lengths, steps, [0, outputSize], outputSize, false)
  if (wrong) return { ...place('the output', lastStep ? { ...wrong, timeStep: lengths[wrong.row]! } : wrong), parameter: 'head.weight' }

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

/** The first valid step with a number that is not finite in columns from … to; the last one where time goes in reverse. */
function firstWrong(values: ArrayLike<number>, lengths: Int32Array, steps: number, [from, to]: [number, number], width: number, reverse: boolean): { timeStep: number; row: number; value: number } | null {
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
