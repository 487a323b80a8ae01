import { Random } from '../../engine/random'
import { roundHalfEven, type Fractions } from '../split'

/** Keeps these draws apart from those for weights and shuffling under the same seed. */
const stream = 0x5b117

/** Indices of the records of each part, ascending. */
export interface Parts { train: Int32Array; validation: Int32Array; test: Int32Array }

/**
 * Splits at random, class by class, so that each part has every class in its share: of n records of a class
 * round(n·(validation + test)) are held out, round(n·test) of them for the test. One record of each class always stays for
 * training. The same seed gives the same parts.
 * @param classes class of each record; all alike for a plain random split
 */
export function stratifiedSplit(classes: ArrayLike<number>, { validation, test }: Fractions, seed: number): Parts {
  const members = new Map<number, number[]>()
  for (let index = 0; index < classes.length; index++) {
    const list = members.get(classes[index]!)
    if (list === undefined) members.set(classes[index]!, [index])
    else list.push(index)
  }
  const random = new Random(seed, stream)
  const parts = { train: [] as number[], validation: [] as number[], test: [] as number[] }
  for (const [, indices] of [...members].sort(([a], [b]) => a - b)) {
    const count = indices.length
    const held = Math.min(count - 1, roundHalfEven(count * (validation + test)))
    const tested = Math.min(held, roundHalfEven(count * test))
    const order = random.permutation(count)
    order.forEach((place, rank) => {
      const part = rank < tested ? parts.test : rank < held ? parts.validation : parts.train
      part.push(indices[place]!)
    })
  }
  const ascending = (list: number[]) => Int32Array.from(list).sort()
  return { train: ascending(parts.train), validation: ascending(parts.validation), test: ascending(parts.test) }
}
