import type { SignedUnit, StateStore } from './state-store'
import { within, type Work } from './work'

/** Units that are on together: what is looked for. */
export interface Pattern {
  threshold: number
  units: readonly SignedUnit[]
}

/** What comes first: most of the pattern's units, fewest others beside them, longest. */
export type MatchRank = 'intersection' | 'union' | 'length'

export interface Match {
  from: number
  to: number
  /** Units of the pattern that are on throughout: |S ∩ M|. */
  shared: number
  /** Units on throughout that the pattern hasn't, and all of the pattern: |S ∪ M|. */
  union: number
}

export interface Matches {
  matches: Match[]
  /** Places that were ranked: all whose intersection is at least `least`. */
  places: number
  least: number
}

/** Places that are ranked at least, so that the second and third criterion have something to choose from. */
const enough = 1000

/**
 * The units on throughout a stretch.
 * @param values [steps, width]   @param from, to the stretch, from..to-1
 * @param before, after only units that are off at the step just before, just after it
 * @see Strobelt, Gehrmann, Pfister & Rush 2018, "LSTMVis", IEEE TVCG 24(1): the selection view
 */
export function unitsOn(values: Float32Array, width: number, from: number, to: number, threshold: number, { before = false, after = false, signs = 'positive' as 'positive' | 'both' } = {}): SignedUnit[] {
  const steps = values.length / width
  const found: SignedUnit[] = []
  for (const sign of signs === 'both' ? [1, -1] as const : [1] as const) {
    for (let unit = 0; unit < width; unit++) {
      const on = (step: number) => sign * values[step * width + unit]! >= threshold
      let all = to > from
      for (let step = from; all && step < to; step++) all = on(step)
      if (!all || (before && from > 0 && on(from - 1)) || (after && to < steps && on(to))) continue
      found.push({ unit, sign })
    }
  }
  return found
}

/**
 * Places in a corpus with a pattern's units on. A place is a longest stretch, inside one sequence, over which the same
 * subset M of the pattern's units S is on. Places of the largest intersections are ranked: all those of the full pattern,
 * then of one unit less, and so on until there are at least a thousand, but none with less than half of the pattern.
 * Rows of bits: changes of any unit are found by XOR with the row shifted by one, units on are counted in bit-sliced sums,
 * 32 steps at a time.
 * @param least steps a place must last
 * @throws UnrollError `inspect.cancelled`
 */
export async function findMatches(store: StateStore, pattern: Pattern, work: Work, { rank = 'intersection' as MatchRank, limit = 100, least = 1 } = {}): Promise<Matches> {
  if (pattern.units.length === 0 || store.steps === 0) return { matches: [], places: 0, least: 0 }
  // Asked again for another order, only the order is new.
  const key = JSON.stringify([pattern, least])
  let found = latest.get(store)
  if (found?.key !== key) latest.set(store, found = { key, ranked: {}, ...await candidates(store, pattern, least, work) })
  const ranked = found.ranked[rank] ??= found.matches.toSorted(order[rank])
  return { matches: ranked.slice(0, limit), places: found.matches.length, least: found.level }
}

const latest = new WeakMap<StateStore, { key: string; matches: Match[]; level: number; ranked: Partial<Record<MatchRank, Match[]>> }>()

/** Shares of the work: bits are made once a unit, which takes longest; then places are counted and their other units looked at. */
const [packed, counted] = [0.7, 0.8]

async function candidates(store: StateStore, { threshold, units }: Pattern, least: number, work: Work): Promise<{ matches: Match[]; level: number }> {
  const rows: Uint32Array[] = []
  for (const each of units) {
    rows.push(store.on(each, threshold))
    await within(work, 0, packed).step(rows.length, units.length)
  }
  const places = placesOf(store, rows, units.length)
  await work.step(counted, 1)
  const chosen = largestIntersections(places, store.steps, units.length, least)
  const own = new Set(units.map(({ unit, sign }) => unit * sign + (sign < 0 ? -1 : 0)))
  const signs = units.some(({ sign }) => sign < 0) ? [1, -1] as const : [1] as const
  const code = store.codeOf(threshold)
  const matchAt = (index: number): Match => {
    const [from, to, shared] = [places.from[index]!, places.from[index + 1] ?? store.steps, places.counts[index]!]
    let others = 0
    for (const sign of signs) {
      for (let unit = 0; unit < store.units; unit++) {
        if (store.throughout(unit, sign, code, from, to) && !own.has(unit * sign + (sign < 0 ? -1 : 0))) others++
      }
    }
    return { from, to, shared, union: units.length + others }
  }
  const matches: Match[] = []
  for (const index of chosen.indices) {
    matches.push(matchAt(index))
    if (matches.length % 256 === 0) await within(work, counted, 1).step(matches.length, chosen.indices.length)
  }
  return { matches, level: chosen.level }
}

const by = {
  shared: (a: Match, b: Match) => b.shared - a.shared,
  union: (a: Match, b: Match) => a.union - b.union,
  length: (a: Match, b: Match) => b.to - b.from - (a.to - a.from),
}
const first = (a: Match, b: Match) => a.from - b.from
const order: Record<MatchRank, (a: Match, b: Match) => number> = {
  intersection: (a, b) => by.shared(a, b) || by.union(a, b) || by.length(a, b) || first(a, b),
  union: (a, b) => by.union(a, b) || by.shared(a, b) || by.length(a, b) || first(a, b),
  length: (a, b) => by.length(a, b) || by.shared(a, b) || by.union(a, b) || first(a, b),
}

/** Stretches of an unchanging subset: where each starts (the next one ends it) and how many units are on in it. */
interface Places { from: Int32Array; counts: Uint16Array }

function placesOf({ words, steps, starts }: StateStore, rows: readonly Uint32Array[], units: number): Places {
  const begins = new Uint32Array(words)
  for (const start of starts) begins[start >>> 5]! |= 1 << (start & 31)
  const planes = Array.from({ length: 32 - Math.clz32(units) }, () => new Uint32Array(words))
  const sums = new Int32Array(planes.length)
  for (let word = 0; word < words; word++) {
    let changed = begins[word]!
    sums.fill(0)
    for (const row of rows) {
      const bits = row[word]!
      changed |= bits ^ ((bits << 1) | (word > 0 ? row[word - 1]! >>> 31 : 0))
      // A ripple-carry adder of 32 columns.
      let carry = bits
      for (let plane = 0; carry !== 0; plane++) {
        const sum = sums[plane]!
        sums[plane] = sum ^ carry
        carry &= sum
      }
    }
    begins[word] = changed
    for (let plane = 0; plane < sums.length; plane++) planes[plane]![word] = sums[plane]!
  }
  let count = 0
  for (let word = 0; word < words; word++) count += ones(begins[word]!)
  const places: Places = { from: new Int32Array(count), counts: new Uint16Array(count) }
  let at = 0
  for (let word = 0; word < words; word++) {
    for (let left = begins[word]!; left !== 0; left &= left - 1) {
      const bit = 31 - Math.clz32(left & -left)
      let on = 0
      for (let plane = 0; plane < planes.length; plane++) on |= ((planes[plane]![word]! >>> bit) & 1) << plane
      const from = (word << 5) + bit
      if (from >= steps) break
      places.from[at] = from
      places.counts[at++] = on
    }
  }
  return at === count ? places : { from: places.from.subarray(0, at), counts: places.counts.subarray(0, at) }
}

/** Indices of the places with the largest intersections, and the smallest intersection among them. */
function largestIntersections({ from, counts }: Places, steps: number, units: number, least: number): { indices: number[]; level: number } {
  const histogram = new Int32Array(units + 1)
  const long = (index: number) => (from[index + 1] ?? steps) - from[index]! >= least
  for (let index = 0; index < counts.length; index++) if (least <= 1 || long(index)) histogram[counts[index]!]!++
  let level = units
  for (let found = histogram[units]!; found < enough && level - 1 >= Math.max(1, Math.ceil(units / 2)); found += histogram[level]!) level--
  const indices: number[] = []
  for (let index = 0; index < counts.length; index++) if (counts[index]! >= level && long(index)) indices.push(index)
  return { indices, level }
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
