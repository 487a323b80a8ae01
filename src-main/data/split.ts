import { UnrollError } from '@shared/errors'
import type { SplitPart } from '@shared/rpc/schemas'

export interface Fractions { validation: number; test: number }

/** Training is [0, trainEnd), validation [trainEnd, validationEnd), test [validationEnd, length). */
export interface SplitBounds { trainEnd: number; validationEnd: number; length: number }

/**
 * Splits in time order: the last round(n·(validation + test)) are held out, validation first, then round(n·test) for the test.
 * @throws UnrollError `dataset.split` when nothing is left to train on
 */
export function splitInOrder(length: number, { validation, test }: Fractions): SplitBounds {
  const held = roundHalfEven(length * (validation + test))
  const trainEnd = length - held
  if (trainEnd <= 0) {
    throw new UnrollError('dataset.split', `Validation ${validation} and test ${test} hold out all of the ${length} entries; nothing is left to train on.`, {
      hint: 'Make the validation and test parts smaller, together well below 1.',
    })
  }
  return { trainEnd, validationEnd: length - Math.min(held, roundHalfEven(length * test)), length }
}

/** Python's round(), which the reference splits with: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

export function splitParts({ trainEnd, validationEnd, length }: SplitBounds): SplitPart[] {
  const part = (name: SplitPart['part'], from: number, to: number): SplitPart => ({ part: name, from, to, count: to - from })
  return [part('train', 0, trainEnd), part('validation', trainEnd, validationEnd), part('test', validationEnd, length)]
}

/** A part's last `gap` entries are left out where another part follows. `fitEnd` and `measuredEnd`: what is left of training and validation. */
export interface GappedBounds extends SplitBounds { fitEnd: number; measuredEnd: number }

export function withGap({ trainEnd, validationEnd, length }: SplitBounds, gap: number): GappedBounds {
  return {
    trainEnd, validationEnd, length,
    fitEnd: trainEnd < length ? trainEnd - gap : trainEnd,
    measuredEnd: validationEnd < length ? Math.max(trainEnd, validationEnd - gap) : validationEnd,
  }
}

export function gappedParts({ fitEnd, trainEnd, measuredEnd, validationEnd, length }: GappedBounds): SplitPart[] {
  return [{ part: 'train', from: 0, to: fitEnd, count: fitEnd }, { part: 'validation', from: trainEnd, to: measuredEnd, count: measuredEnd - trainEnd }, { part: 'test', from: validationEnd, to: length, count: length - validationEnd }]
}
