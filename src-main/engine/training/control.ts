/** What a session is told from outside while it runs: pause, resume, stop. Read between and within steps. */
export class Control {
  private paused = false
  private stopped = false
  private wake: (() => void) | null = null

  get pausing(): boolean {
    return this.paused && !this.stopped
  }

  get stopping(): boolean {
    return this.stopped
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
    this.wake?.()
  }

  stop(): void {
    this.stopped = true
    this.wake?.()
  }

  /** Resolves when it is resumed or stopped. */
  async released(): Promise<void> {
    while (this.pausing) {
      await new Promise<void>((resolve) => { this.wake = resolve })
      this.wake = null
    }
  }

  /** A stop holds for the run it ended; the session may be run again. */
  clear(): void {
    this.paused = false
    this.stopped = false
  }
}

/** One piece of work at a time, in the order asked for: weights are read between two steps, never across one. */
export class Exclusive {
  private last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work)
    this.last = result.catch(() => undefined)
    return result
  }
}
