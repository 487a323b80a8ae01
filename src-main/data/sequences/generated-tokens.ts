import { UnrollError } from '@shared/errors'
import type { DataSpec } from '@shared/experiment/schema'
import type { SequencePart } from '../../engine/training/prepared-data'
import { classByTokenBaseline, majorityBaseline } from '../../engine/baselines/class-baselines'
import type { PreparedDataset } from '../prepared-dataset'
import { splitInOrder, splitParts } from '../split'

type GeneratedSpec = Extract<DataSpec, { kind: 'generated' }>

const mostNumbers = 2 ** 28

/** Generated sequences of tokens with a class at every step, as the engine reads them. */
export interface GeneratedTokens {
  steps: number
  /** [examples, steps] */
  x: Int32Array
  y: Int32Array
  lengths: Int32Array | null
  /** The symbol of each token id and of each class. */
  inputs: string[]
  outputs: string[]
}

/** @throws UnrollError `dataset.too-large` before anything is made */
export function checkGeneratedSize(examples: number, steps: number, width: number): void {
  if (steps * examples * width <= mostNumbers) return
  throw new UnrollError('dataset.too-large', `${examples} sequences of ${steps} steps are ${steps * examples * width} numbers; this version holds up to ${mostNumbers}.`, { hint: 'Ask for fewer examples or shorter sequences.' })
}

/** Split in order, since every example is drawn alike. */
export function prepareTokens(spec: GeneratedSpec, { steps, x, y, lengths, inputs, outputs }: GeneratedTokens): PreparedDataset {
  const { examples } = spec
  const bounds = splitInOrder(examples, spec)
  const part = (from: number, to: number): SequencePart => ({
    count: to - from, x: x.subarray(from * steps, to * steps), y: y.subarray(from * steps, to * steps), lengths: lengths && lengths.subarray(from, to),
  })
  const [train, validation, test] = [part(0, bounds.trainEnd), part(bounds.trainEnd, bounds.validationEnd), part(bounds.validationEnd, examples)]
  const measured = validation.count > 0 ? validation : train
  return {
    data: { form: 'sequences', input: 'tokens', target: 'classes', inputSize: inputs.length, outputSize: outputs.length, steps, train, validation, test },
    vocabulary: inputs,
    classes: outputs,
    scaler: null,
    baselines: [
      classByTokenBaseline({ tokens: inputs.length, classes: outputs.length }, validSteps(train, steps), validSteps(measured, steps)),
      majorityBaseline(outputs.length, validSteps(train, steps).y, validSteps(measured, steps).y),
    ],
    unit: null,
    unitScale: 1,
    series: null,
    split: splitParts(bounds),
    length: examples,
    inputSize: inputs.length,
    outputSize: outputs.length,
    summary: `${examples.toLocaleString('en')} sequences of ${lengths === null ? '' : 'up to '}${steps.toLocaleString('en')} steps`,
    warnings: [],
  }
}

/** Tokens and classes of the steps within each sequence's length, one after the other. */
function validSteps(part: SequencePart, steps: number): { x: ArrayLike<number>; y: ArrayLike<number> } {
  const { lengths } = part
  if (lengths === null) return part
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const [x, y] = [new Int32Array(total), new Int32Array(total)]
  let at = 0
  lengths.forEach((length, row) => {
    x.set(part.x.subarray(row * steps, row * steps + length), at)
    y.set(part.y.subarray(row * steps, row * steps + length), at)
    at += length
  })
  return { x, y }
}
