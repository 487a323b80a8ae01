import type { Services } from '@main/services/host-capabilities'
import type { Metric } from '@shared/metrics'
import type { Emit } from '@shared/rpc/contract'
import { round } from './frames'
import { metricAt } from './served-runs'

export const perSecond = 200

/** The services, and new measurements of a run told as a training run's are: twenty batches a second. */
export class Stream {
  readonly services: Services
  #emits = new Set<Emit>()
  #timer: ReturnType<typeof setInterval> | undefined
  #sent = 0
  #began = 0

  constructor(services: Services) {
    this.services = {
      ...services,
      subscribe: (listener) => {
        this.#emits.add(listener)
        const off = services.subscribe(listener)
        return () => {
          this.#emits.delete(listener)
          off()
        }
      },
    }
  }

  start(id: string, from: number): void {
    this.#began = performance.now()
    this.#timer = setInterval(() => {
      const due = Math.floor((performance.now() - this.#began) / 1000 * perSecond)
      const metrics: Metric[] = []
      for (; this.#sent < due; this.#sent++) metrics.push(metricAt(from + 1 + this.#sent))
      if (metrics.length === 0) return
      for (const emit of this.#emits) emit('run.metrics', { id, from: from + this.#sent - metrics.length, metrics })
      void this.services.handlers['runs.get']({ id }).then((run) => {
        for (const emit of this.#emits) if (due % 5 === 0) emit('run.changed', { run: { ...run, state: 'running', step: from + this.#sent, last: metrics.at(-1)! } })
      })
    }, 50)
  }

  rate(): number { return round(this.#sent / (performance.now() - this.#began) * 1000, 1) }

  stop(): void { clearInterval(this.#timer) }
}
