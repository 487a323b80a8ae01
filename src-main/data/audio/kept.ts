/** Unused for so long, everything is let go of. */
const idleMs = 120_000

/**
 * What was worked out and may be asked for again, up to so many bytes. Whoever reads a folder from end to end again and again would
 * throw out of a full store just what is wanted next, so nothing in use gives way: what doesn't fit isn't kept.
 */
export class Kept<V> {
  private readonly entries = new Map<string, V>()
  private bytes = 0
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(private readonly mostBytes: number, private readonly idle = idleMs) {}

  get(key: string): V | null {
    this.used()
    return this.entries.get(key) ?? null
  }

  put(key: string, value: V, bytes: number): void {
    this.used()
    if (this.entries.has(key) || this.bytes + bytes > this.mostBytes) return
    this.entries.set(key, value)
    this.bytes += bytes
  }

  clear(): void {
    this.entries.clear()
    this.bytes = 0
  }

  private used(): void {
    if (this.timer !== null) {
      this.timer.refresh()
      return
    }
    this.timer = setTimeout(() => {
      this.timer = null
      this.clear()
    }, this.idle)
    this.timer.unref()
  }
}
