import type { Backend } from '../backends/backend'
import { readCorpus, type Corpus } from './corpus'
import { columnsOf, type Feature } from './features'
import type { LookedNetwork } from './looked-network'
import type { Work } from './work'

export interface Correlations {
  /** Rows: features, a class each where they have classes. */
  names: string[]
  /** Which of the features each row is of. */
  of: number[]
  units: number
  /** Pearson's r of each feature and unit, [names, units]; 0 where either never changes. */
  r: Float32Array
  /** The same over the first and over the second half of the steps, [2, names, units]: what holds only in one is no rule. */
  halves: Float32Array
  /**
   * How far chance goes, a row each: the largest |r| that any unit reaches with the feature moved along the steps, the end
   * going on at the start, by 19 distances. A larger |r| comes by chance in about one of 20 such searches.
   */
  chance: Float32Array
  /** Steps counted for each row. */
  counts: Int32Array
}

/** Sums from which Pearson's r comes: r = (n Σhf − Σh Σf) / √((n Σh² − (Σh)²)(n Σf² − (Σf)²)). */
export class Correlator {
  /** Σh and Σh² of each unit over all steps, and over those at which a row's feature isn't known. */
  private readonly sums: Float64Array
  private readonly squares: Float64Array
  private readonly missed: Float64Array
  private readonly missedSquares: Float64Array
  private readonly products: Float64Array
  private readonly own: Float64Array
  private readonly ownSquares: Float64Array
  private readonly counts: Int32Array

  constructor(readonly rows: number, readonly units: number) {
    const made = () => new Float64Array(rows * units)
    ;[this.missed, this.missedSquares, this.products] = [made(), made(), made()]
    ;[this.sums, this.squares] = [new Float64Array(units), new Float64Array(units)]
    ;[this.own, this.ownSquares, this.counts] = [new Float64Array(rows), new Float64Array(rows), new Int32Array(rows)]
  }

  /** One step: `values` from `from` on are the units', feature by feature `features`; NaN counts for nothing. */
  add(values: Float32Array, from: number, features: ArrayLike<number>): void {
    const { units, sums, squares, missed, missedSquares, products } = this
    for (let unit = 0; unit < units; unit++) {
      const value = values[from + unit]!
      sums[unit]! += value
      squares[unit]! += value * value
    }
    for (let row = 0; row < this.rows; row++) {
      const feature = features[row]!
      const to = row * units
      if (Number.isNaN(feature)) {
        for (let unit = 0; unit < units; unit++) {
          const value = values[from + unit]!
          missed[to + unit]! += value
          missedSquares[to + unit]! += value * value
        }
        continue
      }
      this.counts[row]!++
      // A class that isn't there has nothing to add: most are most of the time.
      if (feature === 0) continue
      this.own[row]! += feature
      this.ownSquares[row]! += feature * feature
      for (let unit = 0; unit < units; unit++) products[to + unit]! += values[from + unit]! * feature
    }
  }

  /** Both together. */
  with(other: Correlator): Correlator {
    const both = new Correlator(this.rows, this.units)
    for (const sums of ['sums', 'squares', 'missed', 'missedSquares', 'products', 'own', 'ownSquares', 'counts'] as const) both[sums].set(this[sums].map((value: number, at: number) => value + other[sums][at]!))
    return both
  }

  finish(): { r: Float32Array; counts: Int32Array } {
    const { units, counts } = this
    const r = Float32Array.from({ length: this.rows * units }, (_, at) => {
      const row = Math.floor(at / units)
      const n = counts[row]!
      const [sum, squares] = [this.sums[at % units]! - this.missed[at]!, this.squares[at % units]! - this.missedSquares[at]!]
      const spreadOfUnit = n * squares - sum ** 2
      const spreadOfFeature = n * this.ownSquares[row]! - this.own[row]! ** 2
      // What is left of a unit that never changes is rounding.
      const still = spreadOfUnit <= 1e-9 * n * squares || spreadOfFeature <= 1e-9 * n * this.ownSquares[row]!
      return still ? 0 : Math.max(-1, Math.min(1, (n * this.products[at]! - sum * this.own[row]!) / Math.sqrt(spreadOfUnit * spreadOfFeature)))
    })
    return { r, counts }
  }
}

/** How often a feature is moved along the steps to see what chance gives. */
const turns = 19
/** Products that is worth; beyond it only every so many steps are taken, which leaves chance no less room. */
const mostProducts = 3e8

/** Correlations of units with features, step by step; steps may come in any order. */
export class FeatureCorrelator {
  private readonly columns: { name: string; values: Float32Array; feature: number }[]
  private readonly halves: [Correlator, Correlator]
  private readonly turned: Correlator
  private readonly stride: number
  private readonly own: Float64Array
  private readonly moved: Float64Array
  private readonly shifts: Int32Array

  constructor(features: readonly Feature[], private readonly steps: number, readonly units: number) {
    this.columns = features.flatMap((feature, at) => columnsOf(feature).map((column) => ({ ...column, feature: at })))
    const rows = this.columns.length
    this.halves = [new Correlator(rows, units), new Correlator(rows, units)]
    this.turned = new Correlator(rows * turns, units)
    this.stride = Math.max(1, Math.ceil(rows * turns * units * steps / mostProducts))
    ;[this.own, this.moved] = [new Float64Array(rows), new Float64Array(rows * turns)]
    // Not at even distances: what comes round in them would meet itself again.
    this.shifts = Int32Array.from({ length: turns }, (_, turn) => Math.floor((turn + 1 + 0.37 * Math.sin(7 * turn)) * steps / (turns + 1)))
  }

  /** The units' values at a step, from `from` on. */
  add(values: Float32Array, from: number, step: number): void {
    const { columns, own, moved, steps, shifts } = this
    for (let column = 0; column < columns.length; column++) own[column] = columns[column]!.values[step]!
    this.halves[2 * step < steps ? 0 : 1].add(values, from, own)
    if (step % this.stride !== 0) return
    for (let column = 0; column < columns.length; column++) {
      for (let turn = 0; turn < turns; turn++) moved[column * turns + turn] = columns[column]!.values[(step + shifts[turn]!) % steps]!
    }
    this.turned.add(values, from, moved)
  }

  finish(): Correlations {
    const { columns, halves: [first, second], units } = this
    const { r, counts } = first.with(second).finish()
    const halves = new Float32Array(2 * r.length)
    halves.set(first.finish().r)
    halves.set(second.finish().r, r.length)
    const byChance = this.turned.finish().r
    const chance = Float32Array.from(columns, (_, column) => byChance.subarray(column * turns * units, (column + 1) * turns * units).reduce((most, value) => Math.max(most, Math.abs(value)), 0))
    return { names: columns.map(({ name }) => name), of: columns.map(({ feature }) => feature), units, r, halves, chance, counts }
  }
}

/** Pearson's r of every unit of a tensor with every feature, over a corpus. */
export async function correlate(backend: Backend, network: LookedNetwork, corpus: Corpus, tensor: string, features: readonly Feature[], work: Work): Promise<Correlations> {
  let correlator: FeatureCorrelator | null = null
  await readCorpus(backend, network, corpus, [tensor], ({ from, rows, stride, offset, width }, found) => {
    correlator ??= new FeatureCorrelator(features, corpus.steps, width(tensor))
    for (let row = 0; row < rows; row++) correlator.add(found[tensor]!, (row * stride + offset) * correlator.units, from + row)
  }, work)
  return (correlator as FeatureCorrelator | null ?? new FeatureCorrelator(features, corpus.steps, 0)).finish()
}

/** The same over numbers that are there already, [steps, units]. */
export async function correlateValues(values: Float32Array, units: number, features: readonly Feature[], work: Work): Promise<Correlations> {
  const steps = values.length / units
  const correlator = new FeatureCorrelator(features, steps, units)
  for (let step = 0; step < steps; step++) {
    correlator.add(values, step * units, step)
    if (step % 256 === 255) await work.step(step + 1, steps)
  }
  return correlator.finish()
}

/**
 * Pearson's r of each column of one matrix with each of another over the same rows, [first width, second width].
 * @throws UnrollError `inspect.cancelled`
 */
export async function correlationMatrix(first: Float32Array, width: number, second: Float32Array, otherWidth: number, work: Work): Promise<Float32Array> {
  const steps = first.length / width
  const a = standardised(first, width)
  const same = first === second
  const other = same ? a : standardised(second, otherWidth)
  const r = new Float32Array(width * otherWidth)
  for (let unit = 0; unit < width; unit++) {
    // Of a matrix with itself the half before is known.
    productsOf(a.subarray(unit * steps, (unit + 1) * steps), other, same ? unit : 0, r.subarray(unit * otherWidth, (unit + 1) * otherWidth))
    if (same) for (let column = unit; column < otherWidth; column++) r[column * otherWidth + unit] = r[unit * otherWidth + column]!
    await work.step(unit + 1, width)
  }
  return r
}

/** Inner products of one column with those of others from `from` on, four at a time: each number of its own is read once for all of them. */
function productsOf(own: Float32Array, others: Float32Array, from: number, to: Float32Array): void {
  const steps = own.length
  let column = from
  for (; column + 4 <= to.length; column += 4) {
    const at = column * steps
    let [s0, s1, s2, s3] = [0, 0, 0, 0]
    for (let step = 0; step < steps; step++) {
      const value = own[step]!
      s0 += value * others[at + step]!
      s1 += value * others[at + steps + step]!
      s2 += value * others[at + 2 * steps + step]!
      s3 += value * others[at + 3 * steps + step]!
    }
    to[column] = s0
    to[column + 1] = s1
    to[column + 2] = s2
    to[column + 3] = s3
  }
  for (; column < to.length; column++) {
    let sum = 0
    for (let step = 0; step < steps; step++) sum += own[step]! * others[column * steps + step]!
    to[column] = sum
  }
}

/** Columns of mean 0 and length 1, one after the other; one that never changes is zero. */
function standardised(values: Float32Array, width: number): Float32Array {
  const steps = values.length / width
  const columns = new Float32Array(values.length)
  for (let column = 0; column < width; column++) {
    let [sum, squares] = [0, 0]
    for (let step = 0; step < steps; step++) sum += values[step * width + column]!
    const mean = sum / steps
    for (let step = 0; step < steps; step++) squares += (values[step * width + column]! - mean) ** 2
    const scale = squares > 1e-12 * steps * Math.max(1e-6, mean * mean) ? 1 / Math.sqrt(squares) : 0
    for (let step = 0; step < steps; step++) columns[column * steps + step] = (values[step * width + column]! - mean) * scale
  }
  return columns
}
