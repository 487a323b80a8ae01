import type { Metric } from '@shared/metrics'

/** Milliseconds between two batches: 20 a second are more than an eye follows. */
const interval = 50

/**
 * Gathers metrics and hands them on in batches, at most 20 times a second.
 * The clock is read at each metric, since a timer alone would wait for a loop that never leaves its thread free.
 */
export class MetricBatches {
  private waiting: Metric[] = []
  private sentAt = Number.NEGATIVE_INFINITY
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly send: (metrics: Metric[]) => void) {}

  add(metric: Metric): void {
    this.waiting.push(metric)
    const due = this.sentAt + interval - performance.now()
    if (due <= 0) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), due)
  }

  /** Sends what waits, now. */
  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.waiting.length === 0) return
    const batch = this.waiting
    this.waiting = []
    this.sentAt = performance.now()
    this.send(batch)
  }
}
