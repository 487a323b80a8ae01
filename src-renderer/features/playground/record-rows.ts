import type { Classified, HeldOutRecord } from '@shared/rpc/schemas'
import type { Matrix } from './matrix-file'

/** What is drawn of a sequence of numbers; the rest would be too fine to see. */
const [mostSteps, mostWidth] = [120, 40]
/** Of more every fifth is named. */
export const fewRows = 12

/** A sequence with one class, as one that is read step by step. */
export function asReading({ step, steps, classes, outputs }: HeldOutRecord): Classified {
  const read = outputs.length / classes!.length
  const first = steps - read
  return { step, symbols: Array.from({ length: read }, (_, at) => String(first + at + 1)), unknown: [], classes: classes!, probabilities: outputs }
}

/** Numbers that are read, [width, steps], each row from its least to its largest; null of tokens. */
export function inputMatrix({ inputs, steps }: HeldOutRecord): { matrix: Matrix; valueAt(row: number, column: number): number; whole: boolean } | null {
  if (inputs.kind === 'tokens') return null
  const { width, values } = inputs
  const [rows, columns] = [Math.min(width, mostWidth), Math.min(steps, mostSteps)]
  const valueAt = (row: number, column: number) => values[column * width + row]!
  const shares = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    let [least, most] = [Infinity, -Infinity]
    for (let column = 0; column < columns; column++) {
      least = Math.min(least, valueAt(row, column))
      most = Math.max(most, valueAt(row, column))
    }
    for (let column = 0; column < columns; column++) shares[row * columns + column] = most > least ? (valueAt(row, column) - least) / (most - least) : 0
  }
  return { matrix: { rows: Array.from({ length: rows }, (_, row) => (rows <= fewRows || row % 5 === 0 ? String(row + 1) : '')), columns: Array.from({ length: columns }, (_, column) => String(column + 1)), values: shares }, valueAt, whole: rows === width && columns === steps }
}

export interface AnswerRow {
  /** Steps and outputs count from 1; null: there is one of them. */
  step: number | null
  output: number | null
  target: string | number
  network: string | number
  /** Of classes the probability of the target, of numbers how far off it is. */
  figure: number
}

/** Each answer of a sequence beside its target. */
export function answerRows({ classes, outputs, outputSize, targets, everyStep }: HeldOutRecord): AnswerRow[] {
  if (classes === null) {
    return Array.from(targets, (target, at) => ({
      step: everyStep ? Math.floor(at / outputSize) + 1 : null, output: outputSize > 1 ? at % outputSize + 1 : null,
      // Read forward, a last step's answer is the last of those at every step.
      target, network: outputs[outputs.length - targets.length + at]!, figure: Math.abs(outputs[outputs.length - targets.length + at]! - target),
    }))
  }
  return Array.from(targets, (target, at) => {
    const shares = outputs.subarray(at * outputSize, (at + 1) * outputSize)
    const told = shares.indexOf(shares.reduce((most, share) => Math.max(most, share), 0))
    return { step: at + 1, output: null, target: classes[target]!, network: classes[told]!, figure: shares[target]! }
  })
}

/** "right at 12 of 20 steps", "mean absolute error 0.031" */
export function answerInWords({ classes }: HeldOutRecord, rows: readonly AnswerRow[], figure: (value: number) => string): string {
  if (classes !== null) return `right at ${rows.filter(({ target, network }) => target === network).length} of ${rows.length} steps`
  return `mean absolute error ${figure(rows.reduce((sum, row) => sum + row.figure, 0) / rows.length)}`
}
