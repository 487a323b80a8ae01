import { UnrollError } from '@shared/errors'
import { splitByGroup } from '../records/group-split'
import { stratifiedSplit, type Parts } from '../records/stratified-split'
import { splitInOrder, type Fractions } from '../split'
import { unitsOf } from './units'

/** What of items a split is drawn by. */
export interface Splittable {
  count: number
  /** Class of each, numbered; null: there are none to keep in proportion. */
  classes: ArrayLike<number> | null
  /** What each belongs to, and stays in one part with. */
  groups: readonly string[] | null
  /** Items of equal keys stay in one part too, whatever the groups. */
  equal: readonly string[] | null
  /** The part each item is of, as the source says. */
  given?: readonly (keyof Parts)[] | null
}

export interface SplitRule extends Fractions {
  split: 'stratified' | 'random' | 'order' | 'given'
  /** In order: items left out at the end of a part that another follows. */
  gap?: number
}

/**
 * Splits items so that the parts share none and hold all of them but those of a gap. Groups lie in one part whole, and so do
 * equal items; a chain of both is one unit. The same seed gives the same parts.
 * @throws UnrollError `dataset.split` when nothing is left to train on, or there are fewer groups than parts
 */
export function partsOf({ count, classes, groups, equal, given }: Splittable, rule: SplitRule, seed: number): Parts {
  if (rule.split === 'given' && given) return asGiven(given)
  const units = unitsOf(count, [groups, equal].filter((keys) => keys !== null))
  if (groups !== null) {
    const first = units.members.map(([index]) => groups[index!]!)
    // Two units never share a name: equal groups are one unit.
    return splitByGroup(Array.from({ length: count }, (_, index) => first[units.of[index]!]!), rule, seed)
  }
  if (rule.split === 'order') return inOrder(units, rule)
  const unitClasses = rule.split === 'stratified' && classes !== null ? units.members.map(([index]) => classes[index!]!) : new Int32Array(units.members.length)
  const { train, validation, test } = stratifiedSplit(unitClasses, rule, seed)
  return { train: spread(train, units.members), validation: spread(validation, units.members), test: spread(test, units.members) }
}

const spread = (part: Int32Array, members: readonly (readonly number[])[]): Int32Array => Int32Array.from(Array.from(part).flatMap((unit) => members[unit]!)).sort()

/** The last ones are held out, in the order of the source; one that equals an earlier one goes where that one is. */
function inOrder({ of, members }: ReturnType<typeof unitsOf>, rule: SplitRule): Parts {
  const { trainEnd, validationEnd, length } = splitInOrder(of.length, rule)
  const gap = rule.gap ?? 0
  const parts = { train: [] as number[], validation: [] as number[], test: [] as number[] }
  const [fitEnd, measuredEnd] = [trainEnd < length ? trainEnd - gap : trainEnd, validationEnd < length ? Math.max(trainEnd, validationEnd - gap) : validationEnd]
  if (fitEnd < 1) {
    throw new UnrollError('dataset.split', `The training part has ${trainEnd.toLocaleString('en')} sequences and the gap takes ${gap.toLocaleString('en')} of them; nothing is left to train on.`, { hint: 'Make the gap smaller, or hold out less.', where: { parameter: 'data.gap' } })
  }
  for (let index = 0; index < of.length; index++) {
    const place = members[of[index]!]![0]!
    if (place < fitEnd) parts.train.push(index)
    else if (place >= trainEnd && place < measuredEnd) parts.validation.push(index)
    else if (place >= validationEnd) parts.test.push(index)
  }
  return { train: Int32Array.from(parts.train), validation: Int32Array.from(parts.validation), test: Int32Array.from(parts.test) }
}

function asGiven(given: readonly (keyof Parts)[]): Parts {
  const of = (part: keyof Parts) => Int32Array.from(given.flatMap((each, index) => (each === part ? [index] : [])))
  const parts = { train: of('train'), validation: of('validation'), test: of('test') }
  if (parts.train.length === 0) throw new UnrollError('dataset.split', 'No record is of the training part, going by the column data.part names.', { hint: 'Write "train" in that column for the records to train on.', where: { parameter: 'data.part' } })
  return parts
}
