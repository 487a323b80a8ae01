import type { Metric } from '@shared/metrics'

/** Milliseconds that the estimate looks back: short enough to follow a change of speed, long enough not to flicker. */
const memory = 15_000

/** Estimates the time left from the pace of the last seconds of training. */
export class TimeLeft {
  private seen: { step: number; at: number }[] = []
  private lastKept = Number.NEGATIVE_INFINITY

  add(metric: Metric, now = performance.now()): void {
    if (metric.split !== 'train') return
    const at = metric.elapsedMs ?? now
    // A few points a second are enough; the list stays short at thousands of steps a second.
    if (at - this.lastKept < 100 && this.seen.length > 1) this.seen.pop()
    else this.lastKept = at
    this.seen.push({ step: metric.step, at })
    while (this.seen.length > 2 && at - this.seen[0]!.at > memory) this.seen.shift()
  }

  /** Steps a second lately; null until two steps are known. */
  stepsPerSecond(): number | null {
    const first = this.seen[0]
    const last = this.seen.at(-1)
    if (first === undefined || last === undefined || last.at <= first.at) return null
    return (last.step - first.step) / (last.at - first.at) * 1000
  }

  remainingMs(step: number, totalSteps: number): number | null {
    const pace = this.stepsPerSecond()
    return pace === null || pace <= 0 ? null : Math.max(0, totalSteps - step) / pace * 1000
  }
}
