/** What forecasts from many origins are wrong by, by how far ahead they look. */
export class LeadErrors {
  private readonly absolute: Float64Array
  private readonly squares: Float64Array
  private readonly scaled: Float64Array
  private readonly counts: Int32Array
  private readonly scaledCounts: Int32Array

  constructor(private readonly steps: number) {
    const numbers = () => new Float64Array(steps)
    ;[this.absolute, this.squares, this.scaled] = [numbers(), numbers(), numbers()]
    ;[this.counts, this.scaledCounts] = [new Int32Array(steps), new Int32Array(steps)]
  }

  /** @param naive what MASE divides errors of this series by; null: it has none */
  add(step: number, actual: number, predicted: number, naive: number | null): void {
    const error = Math.abs(actual - predicted)
    if (Number.isNaN(error)) return
    this.counts[step]!++
    this.absolute[step]! += error
    this.squares[step]! += error * error
    if (naive === null) return
    this.scaledCounts[step]!++
    this.scaled[step]! += error / naive
  }

  /** Step by step, and over all of them; MASE null where no series has a naive error. */
  figures(): { mae: number; rmse: number; mase: number | null; byLead: { mae: Float32Array; rmse: Float32Array; mase: Float32Array | null } } {
    const sum = (numbers: ArrayLike<number>) => Array.from(numbers).reduce((all, value) => all + value, 0)
    const [count, scaledCount] = [sum(this.counts), sum(this.scaledCounts)]
    const each = (value: (step: number) => number) => Float32Array.from({ length: this.steps }, (_, step) => value(step))
    return {
      mae: sum(this.absolute) / count, rmse: Math.sqrt(sum(this.squares) / count), mase: scaledCount === 0 ? null : sum(this.scaled) / scaledCount,
      byLead: {
        mae: each((step) => this.absolute[step]! / this.counts[step]!), rmse: each((step) => Math.sqrt(this.squares[step]! / this.counts[step]!)),
        mase: scaledCount === 0 ? null : each((step) => this.scaled[step]! / this.scaledCounts[step]!),
      },
    }
  }
}
