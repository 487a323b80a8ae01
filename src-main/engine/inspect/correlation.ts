import type { Backend } from '../backends/backend'
import { readCorpus, type Corpus } from './corpus'
import { columnsOf, type Feature } from './features'
import type { LookedNetwork } from './trace-session'
import type { Work } from './work'

export interface Correlations {
  /** Rows: features, a class each where they have classes. */
  names: string[]
  units: number
  /** Pearson's r of each feature and unit, [names, units]; 0 where either never changes. */
  r: Float32Array
  /** Steps counted for each row. */
  counts: Int32Array
}

/** Sums from which Pearson's r comes: r = (n Σhf − Σh Σf) / √((n Σh² − (Σh)²)(n Σf² − (Σf)²)). */
export class Correlator {
  private readonly sums: Float64Array
  private readonly squares: Float64Array
  private readonly products: Float64Array
  private readonly own: Float64Array
  private readonly ownSquares: Float64Array
  private readonly counts: Int32Array

  constructor(readonly rows: number, readonly units: number) {
    const made = () => new Float64Array(rows * units)
    ;[this.sums, this.squares, this.products] = [made(), made(), made()]
    ;[this.own, this.ownSquares, this.counts] = [new Float64Array(rows), new Float64Array(rows), new Int32Array(rows)]
  }

  /** One step: `values` from `from` on are the units', feature by feature `features`; NaN counts for nothing. */
  add(values: Float32Array, from: number, features: ArrayLike<number>): void {
    const { units, sums, squares, products } = this
    for (let row = 0; row < this.rows; row++) {
      const feature = features[row]!
      if (Number.isNaN(feature)) continue
      this.counts[row]!++
      this.own[row]! += feature
      this.ownSquares[row]! += feature * feature
      const to = row * units
      for (let unit = 0; unit < units; unit++) {
        const value = values[from + unit]!
        sums[to + unit]! += value
        squares[to + unit]! += value * value
        products[to + unit]! += value * feature
      }
    }
  }

  finish(): { r: Float32Array; counts: Int32Array } {
    const { units, counts } = this
    const r = Float32Array.from({ length: this.rows * units }, (_, at) => {
      const row = Math.floor(at / units)
      const n = counts[row]!
      const spreadOfUnit = n * this.squares[at]! - this.sums[at]! ** 2
      const spreadOfFeature = n * this.ownSquares[row]! - this.own[row]! ** 2
      // What is left of a unit that never changes is rounding.
      const still = spreadOfUnit <= 1e-9 * n * this.squares[at]! || spreadOfFeature <= 1e-9 * n * this.ownSquares[row]!
      return still ? 0 : Math.max(-1, Math.min(1, (n * this.products[at]! - this.sums[at]! * this.own[row]!) / Math.sqrt(spreadOfUnit * spreadOfFeature)))
    })
    return { r, counts }
  }
}

/** Pearson's r of every unit of a tensor with every feature, over a corpus. */
export async function correlate(backend: Backend, network: LookedNetwork, corpus: Corpus, tensor: string, features: readonly Feature[], work: Work): Promise<Correlations> {
  const columns = features.flatMap(columnsOf)
  let correlator: Correlator | null = null
  const own = new Float64Array(columns.length)
  await readCorpus(backend, network, corpus, [tensor], ({ from, rows, stride, offset, width }, found) => {
    correlator ??= new Correlator(columns.length, width(tensor))
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns.length; column++) own[column] = columns[column]!.values[from + row]!
      correlator.add(found[tensor]!, (row * stride + offset) * correlator.units, own)
    }
  }, work)
  const made = correlator as Correlator | null
  return { names: columns.map(({ name }) => name), units: made?.units ?? 0, ...(made?.finish() ?? { r: new Float32Array(0), counts: new Int32Array(columns.length) }) }
}

/** Pearson's r of each column of one matrix with each of another over the same rows, [first width, second width]. */
export function correlationMatrix(first: Float32Array, width: number, second: Float32Array, otherWidth: number): Float32Array {
  const steps = first.length / width
  const [a, b] = [standardised(first, width), first === second ? null : standardised(second, otherWidth)]
  const other = b ?? a
  const r = new Float32Array(width * otherWidth)
  for (let unit = 0; unit < width; unit++) {
    const own = a.subarray(unit * steps, (unit + 1) * steps)
    for (let column = b === null ? unit : 0; column < otherWidth; column++) {
      const against = other.subarray(column * steps, (column + 1) * steps)
      let sum = 0
      for (let step = 0; step < steps; step++) sum += own[step]! * against[step]!
      r[unit * otherWidth + column] = sum
      if (b === null) r[column * otherWidth + unit] = sum
    }
  }
  return r
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
