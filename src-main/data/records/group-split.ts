import { UnrollError } from '@shared/errors'
import { Random } from '../../engine/random'
import type { Fractions } from '../split'
import type { Parts } from './stratified-split'

/** Keeps these draws apart from those of the other splits and of training under the same seed. */
const stream = 0x6409b

/** Names of the groups of each part. */
export interface DrawnGroups { train: string[]; validation: string[]; test: string[] }

/**
 * Draws groups for the parts: in an order by the seed, first for the test, then for validation, each time one that brings the
 * part nearer to its share of all items. A part that is asked for gets a group at least. The same seed gives the same parts.
 * @param sizes items of each group
 * @throws UnrollError `dataset.split` when there are fewer groups than parts
 */
export function drawGroups(sizes: ReadonlyMap<string, number>, { validation, test }: Fractions, seed: number): DrawnGroups {
  const names = [...sizes.keys()].sort()
  const needed = 1 + Number(validation > 0) + Number(test > 0)
  if (names.length < needed) {
    throw new UnrollError('dataset.split', `The data have ${names.length} group${names.length === 1 ? '' : 's'}, but ${needed} parts are to have one at least.`, { hint: 'Hold out fewer parts, or split by another group.', where: { parameter: 'data.group' } })
  }
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  let free = Array.from(new Random(seed, stream).permutation(names.length), (place) => names[place]!)
  /** Groups for a share of the items, of which `reserved` groups must stay. */
  const take = (share: number, reserved: number): string[] => {
    if (share <= 0) return []
    const wanted = share * all
    const taken = new Set<string>()
    let size = 0
    for (const group of free) {
      if (free.length - taken.size <= reserved) break
      if (taken.size > 0 && Math.abs(size + sizes.get(group)! - wanted) >= Math.abs(size - wanted)) continue
      taken.add(group)
      size += sizes.get(group)!
    }
    free = free.filter((group) => !taken.has(group))
    return [...taken]
  }
  const testPart = take(test, 1 + Number(validation > 0))
  const validationPart = take(validation, 1)
  return { train: free, validation: validationPart, test: testPart }
}

/**
 * Splits so that every group lies in one part whole (`drawGroups`).
 * @param groups group of each record
 * @throws UnrollError `dataset.split` when there are fewer groups than parts
 */
export function splitByGroup(groups: readonly string[], fractions: Fractions, seed: number): Parts {
  const members = new Map<string, number[]>()
  groups.forEach((group, index) => {
    const list = members.get(group)
    if (list === undefined) members.set(group, [index])
    else list.push(index)
  })
  const drawn = drawGroups(new Map([...members].map(([name, list]) => [name, list.length])), fractions, seed)
  const part = (names: string[]) => Int32Array.from(names.flatMap((name) => members.get(name)!)).sort()
  return { train: part(drawn.train), validation: part(drawn.validation), test: part(drawn.test) }
}

/** Classes that no training record has can't be learned; by group that may happen. */
export function classesWithoutTraining(classes: readonly string[], labels: readonly string[], parts: Parts): string[] {
  const trained = new Set(Array.from(parts.train, (index) => labels[index]!))
  const missing = classes.filter((name) => !trained.has(name))
  return missing.length === 0 ? [] : [`${missing.length === 1 ? 'The class' : `${missing.length} classes`} ${missing.slice(0, 5).map((name) => JSON.stringify(name)).join(', ')}${missing.length > 5 ? ' …' : ''} ${missing.length === 1 ? 'stands' : 'stand'} in no training record, so the network can't learn ${missing.length === 1 ? 'it' : 'them'}; another seed splits otherwise.`]
}
