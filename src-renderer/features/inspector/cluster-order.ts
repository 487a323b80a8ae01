import type { States } from '@shared/rpc/schemas'

type Matrix = Pick<States, 'units' | 'steps' | 'hidden'>

/** Steps that likeness is judged by: spread over the sequence, enough to tell units apart, few enough for a frame or two. */
const mostSteps = 128

/**
 * Units in an order in which those that act alike stand together: average-linkage clustering by 1 − r, r being Pearson's
 * correlation over the sequence, by chains of nearest neighbours; at each joining the two groups are turned so that the
 * most alike of their ends meet.
 * @returns [units], the unit of each row
 * @see Müllner 2011, "Modern hierarchical, agglomerative clustering algorithms"
 */
export const orderByLikeness = (states: Matrix): Uint32Array => new LikenessOrder(states).finish()

/** Pearson's r of every two units, [units, units]; 0 where a unit never moves. */
export function correlations(states: Matrix): Float32Array {
  const order = new LikenessOrder(states)
  order.correlate(Infinity)
  return order.likeness
}

/** The order as work that can be done a little at a time, while nobody waits for it. */
export class LikenessOrder {
  readonly likeness: Float32Array
  readonly #units: number
  readonly #count: number
  /** Standardised samples, [units, count]. */
  readonly #rows: Float32Array
  #next = 0
  #order: Uint32Array | null = null

  constructor({ units, steps, hidden }: Matrix) {
    this.#units = units
    this.#count = Math.min(steps, mostSteps)
    this.#rows = standardised(units, steps, hidden, this.#count)
    this.likeness = new Float32Array(units * units)
  }

  get done(): boolean { return this.#order !== null }

  /** Goes on for about so many milliseconds. */
  work(milliseconds: number): void {
    if (this.#next < this.#units) this.correlate(milliseconds)
    else this.finish()
  }

  finish(): Uint32Array {
    this.correlate(Infinity)
    this.#order ??= clustered(this.likeness, this.#units)
    return this.#order
  }

  correlate(milliseconds: number): void {
    const until = performance.now() + milliseconds
    while (this.#next < this.#units) {
      correlateRow(this.#rows, this.#next++, this.#units, this.#count, this.likeness)
      if (this.#next % 8 === 0 && performance.now() > until) return
    }
  }
}

function standardised(units: number, steps: number, hidden: Float32Array, count: number): Float32Array {
  const rows = new Float32Array(units * count)
  for (let sample = 0; sample < count; sample++) {
    const from = Math.floor(sample * steps / count) * units
    for (let unit = 0; unit < units; unit++) rows[unit * count + sample] = hidden[from + unit]!
  }
  for (let unit = 0; unit < units; unit++) {
    const from = unit * count
    let [sum, squares] = [0, 0]
    for (let at = from; at < from + count; at++) sum += rows[at]!
    const mean = sum / count
    for (let at = from; at < from + count; at++) squares += (rows[at]! - mean) ** 2
    const scale = squares > 1e-24 ? 1 / Math.sqrt(squares) : 0
    for (let at = from; at < from + count; at++) rows[at] = (rows[at]! - mean) * scale
  }
  return rows
}

/** r of one unit with all after it, four at a time: each number of its own is read once for all of them. */
function correlateRow(rows: Float32Array, one: number, units: number, count: number, found: Float32Array): void {
  const a = one * count
  found[one * units + one] = 1
  for (let other = one + 1; other < units; other += 4) {
    const last = units - 1
    const [b0, b1, b2, b3] = [other * count, Math.min(last, other + 1) * count, Math.min(last, other + 2) * count, Math.min(last, other + 3) * count]
    let [s0, s1, s2, s3] = [0, 0, 0, 0]
    for (let sample = 0; sample < count; sample++) {
      const value = rows[a + sample]!
      s0 += value * rows[b0 + sample]!
      s1 += value * rows[b1 + sample]!
      s2 += value * rows[b2 + sample]!
      s3 += value * rows[b3 + sample]!
    }
    put(found, units, one, other, s0)
    if (other + 1 < units) put(found, units, one, other + 1, s1)
    if (other + 2 < units) put(found, units, one, other + 2, s2)
    if (other + 3 < units) put(found, units, one, other + 3, s3)
  }
}

function put(found: Float32Array, units: number, one: number, other: number, r: number): void {
  found[one * units + other] = r
  found[other * units + one] = r
}

function clustered(likeness: Float32Array, units: number): Uint32Array {
  const distance = new Float32Array(likeness.length)
  for (let at = 0; at < distance.length; at++) distance[at] = 1 - likeness[at]!
  const sizes = new Uint32Array(units).fill(1)
  const groups: number[][] = Array.from({ length: units }, (_, unit) => [unit])
  /** Groups there still are, by the unit that stands for them. */
  const left = Uint32Array.from({ length: units }, (_, unit) => unit)
  let count = units
  const chain: number[] = []
  while (count > 1) {
    if (chain.length === 0) chain.push(left[0]!)
    const last = chain.at(-1)!
    const before = chain.length > 1 ? chain.at(-2)! : -1
    let nearest = before
    let least = before < 0 ? Infinity : distance[last * units + before]!
    for (let at = 0; at < count; at++) {
      const other = left[at]!
      if (other === last) continue
      const found = distance[last * units + other]!
      if (found < least) {
        least = found
        nearest = other
      }
    }
    if (nearest !== before) {
      chain.push(nearest)
      continue
    }
    chain.length -= 2
    const gone = left.indexOf(nearest)
    left.copyWithin(gone, gone + 1, count--)
    groups[last] = meeting(groups[last]!, groups[nearest]!, likeness, units)
    const [first, second] = [sizes[last]!, sizes[nearest]!]
    for (let at = 0; at < count; at++) {
      const other = left[at]!
      if (other === last) continue
      const mean = (first * distance[last * units + other]! + second * distance[nearest * units + other]!) / (first + second)
      distance[last * units + other] = mean
      distance[other * units + last] = mean
    }
    sizes[last] = first + second
  }
  return Uint32Array.from(units === 0 ? [] : groups[left[0]!]!)
}

/** Two rows of units as one, turned so that the most alike of their ends meet. */
function meeting(a: number[], b: number[], likeness: Float32Array, units: number): number[] {
  const like = (one: number, other: number) => likeness[one * units + other]!
  const [a0, a1, b0, b1] = [a[0]!, a.at(-1)!, b[0]!, b.at(-1)!]
  const ways = [like(a1, b0), like(a1, b1), like(a0, b0), like(a0, b1)]
  const best = ways.indexOf(Math.max(...ways))
  if (best === 0) return [...a, ...b]
  if (best === 1) return [...a, ...b.toReversed()]
  return best === 2 ? [...a.toReversed(), ...b] : [...b, ...a]
}
