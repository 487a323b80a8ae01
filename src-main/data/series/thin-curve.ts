export type Bucket = [row: number, min: number, max: number]

/**
 * A curve of any length in at most `most` buckets, each with the least and the largest value of its rows: what a chart
 * draws looks the same, and memory doesn't grow with the file. When the buckets are full, neighbours are joined.
 */
export class ThinCurve {
  private buckets: Bucket[] = []
  /** Rows a bucket. */
  private width = 1
  private rows = 0

  constructor(private readonly most = 2000) {}

  add(value: number): void {
    const last = this.buckets.at(-1)
    if (last && this.rows - last[0] < this.width) {
      if (value < last[1]) last[1] = value
      if (value > last[2]) last[2] = value
    } else {
      if (this.buckets.length === this.most) this.join()
      // After joining, an odd last bucket may still have room.
      const open = this.buckets.at(-1)
      if (open && this.rows - open[0] < this.width) this.buckets[this.buckets.length - 1] = [open[0], Math.min(open[1], value), Math.max(open[2], value)]
      else this.buckets.push([this.rows, value, value])
    }
    this.rows++
  }

  /** Rows count from 0. */
  points(): Bucket[] {
    return this.buckets.map((bucket) => [...bucket])
  }

  private join(): void {
    const joined: Bucket[] = []
    for (let index = 0; index < this.buckets.length; index += 2) {
      const [row, min, max] = this.buckets[index]!
      const next = this.buckets[index + 1]
      joined.push(next ? [row, Math.min(min, next[1]), Math.max(max, next[2])] : [row, min, max])
    }
    this.buckets = joined
    this.width *= 2
  }
}
