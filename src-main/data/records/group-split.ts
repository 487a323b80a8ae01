import { UnrollError } from '@shared/errors'
import { Random } from '../../engine/random'
import type { Fractions } from '../split'
import type { Parts } from './stratified-split'

/** Keeps these draws apart from those of the other splits and of training under the same seed. */
const stream = 0x6409b

/**
 * Splits so that every group lies in one part whole: groups are drawn in an order by the seed, first for the test, then for
 * validation, each time one that brings the part nearer to its share of the records. A part that is asked for gets a group
 * at least. The same seed gives the same parts.
 * @param groups group of each record
 * @throws UnrollError `dataset.split` when there are fewer groups than parts
 */
export function splitByGroup(groups: readonly string[], { validation, test }: Fractions, seed: number): Parts {
  const members = new Map<string, number[]>()
  groups.forEach((group, index) => {
    const list = members.get(group)
    if (list === undefined) members.set(group, [index])
    else list.push(index)
  })
  const names = [...members.keys()].sort()
  const needed = 1 + Number(validation > 0) + Number(test > 0)
  if (names.length < needed) {
    throw new UnrollError('dataset.split', `The records have ${names.length} group${names.length === 1 ? '' : 's'}, but ${needed} parts are to have one at least.`, { hint: 'Hold out fewer parts, or split by another group.', where: { parameter: 'data.group' } })
  }
  let free = Array.from(new Random(seed, stream).permutation(names.length), (place) => members.get(names[place]!)!)
  /** Groups for a share of the records, of which `reserved` groups must stay. */
  const take = (share: number, reserved: number): Int32Array => {
    if (share <= 0) return new Int32Array(0)
    const wanted = share * groups.length
    const taken: number[][] = []
    let size = 0
    for (const group of free) {
      if (free.length - taken.length <= reserved) break
      if (taken.length > 0 && Math.abs(size + group.length - wanted) >= Math.abs(size - wanted)) continue
      taken.push(group)
      size += group.length
    }
    free = free.filter((group) => !taken.includes(group))
    return Int32Array.from(taken.flat()).sort()
  }
  const testPart = take(test, 1 + Number(validation > 0))
  const validationPart = take(validation, 1)
  return { train: Int32Array.from(free.flat()).sort(), validation: validationPart, test: testPart }
}

/** Classes that no training record has can't be learned; by group that may happen. */
export function classesWithoutTraining(classes: readonly string[], labels: readonly string[], parts: Parts): string[] {
  const trained = new Set(Array.from(parts.train, (index) => labels[index]!))
  const missing = classes.filter((name) => !trained.has(name))
  return missing.length === 0 ? [] : [`${missing.length === 1 ? 'The class' : `${missing.length} classes`} ${missing.slice(0, 5).map((name) => JSON.stringify(name)).join(', ')}${missing.length > 5 ? ' …' : ''} ${missing.length === 1 ? 'stands' : 'stand'} in no training record, so the network can't learn ${missing.length === 1 ? 'it' : 'them'}; another training.seed splits otherwise.`]
}
