/** Stretches of a line of bytes: taken, given back, joined again. Knows offsets only, no memory. */
export class FreeList {
  /** Free stretches in order, never touching each other. */
  private readonly free: { start: number; end: number }[] = []
  private readonly taken = new Map<number, number>()
  /** Everything from here on has never been taken. */
  private limit: number

  /** @param start first offset handed out @param grow called before offsets beyond the present end are handed out; may throw */
  constructor(private readonly start: number, private readonly grow: (end: number) => void = () => undefined) {
    this.limit = this.start
  }

  /** End of the highest stretch ever taken. */
  get end(): number {
    return this.limit
  }

  /** Bytes taken at present. */
  get used(): number {
    let sum = 0
    for (const bytes of this.taken.values()) sum += bytes
    return sum
  }

  /** The offset of at least `bytes` bytes, a multiple of 64: a cache line. */
  take(bytes: number): number {
    const size = Math.max(64, Math.ceil(bytes / 64) * 64)
    const start = this.takeFree(size) ?? this.extend(size)
    this.taken.set(start, size)
    return start
  }

  give(start: number): void {
    const size = this.taken.get(start)
    if (size === undefined) throw new RangeError(`No stretch starts at ${start}`)
    this.taken.delete(start)
    const end = start + size
    const at = this.free.findIndex((stretch) => stretch.start > start)
    const index = at < 0 ? this.free.length : at
    const before = this.free[index - 1]
    const after = this.free[index]
    if (before?.end === start && after?.start === end) {
      before.end = after.end
      this.free.splice(index, 1)
    } else if (before?.end === start) {
      before.end = end
    } else if (after?.start === end) {
      after.start = start
    } else {
      this.free.splice(index, 0, { start, end })
    }
  }

  /** The smallest free stretch that is large enough. */
  private takeFree(size: number): number | null {
    let best = -1
    let bestSize = Infinity
    this.free.forEach(({ start, end }, index) => {
      if (end - start >= size && end - start < bestSize) [best, bestSize] = [index, end - start]
    })
    const found = this.free[best]
    if (!found) return null
    const start = found.start
    found.start += size
    if (found.start === found.end) this.free.splice(best, 1)
    return start
  }

  private extend(size: number): number {
    const last = this.free.at(-1)
    const start = last?.end === this.limit ? last.start : this.limit
    this.grow(start + size)
    if (start < this.limit) this.free.pop()
    this.limit = start + size
    return start
  }
}
