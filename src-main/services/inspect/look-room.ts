import { UnrollError } from '@shared/errors'
import type { Backend } from '../../engine/backends/backend'
import type { StateStore } from '../../engine/inspect/state-store'
import type { TraceSession } from '../../engine/inspect/trace-session'

/** What a worker keeps for looking at again: the few things used last, each with the backend it lives on. */
export class Kept<T> {
  private readonly items = new Map<string, { value: T; dispose: () => Promise<void> }>()

  constructor(private readonly most: number, private readonly missing: () => UnrollError) {}

  /** Keeps it; what was used longest ago goes when there are too many. */
  async add(id: string, value: T, dispose: () => Promise<void>): Promise<void> {
    await this.remove(id)
    this.items.set(id, { value, dispose })
    for (const oldest of [...this.items.keys()].slice(0, Math.max(0, this.items.size - this.most))) await this.remove(oldest)
  }

  get(id: string): T {
    const found = this.items.get(id)
    if (!found) throw this.missing()
    this.items.delete(id)
    this.items.set(id, found)
    return found.value
  }

  async remove(id: string): Promise<void> {
    const found = this.items.get(id)
    this.items.delete(id)
    await found?.dispose()
  }

  async clear(): Promise<void> {
    for (const id of [...this.items.keys()]) await this.remove(id)
  }
}

/** Traces that stay open at a time: two to compare, and some to go back to. */
const mostTraces = 6
/** Stores are large: that of the run looked at, and one to compare. */
const mostStores = 2

/** All that looking inside needs in its worker. */
export class LookRoom {
  readonly traces = new Kept<TraceSession>(mostTraces, () => new UnrollError('inspect.no-trace', 'What was looked at is no longer held in memory.', { hint: 'Compute it again.' }))
  readonly stores = new Kept<StateStore>(mostStores, () => new UnrollError('inspect.no-store', 'The states of the data are no longer held in memory.', { hint: 'Gather them again.' }))

  constructor(readonly createBackend: () => Promise<Backend>) {}

  /** A job on a backend of its own. */
  async once<T>(job: (backend: Backend) => Promise<T>): Promise<T> {
    const backend = await this.createBackend()
    try {
      return await job(backend)
    } finally {
      await backend.dispose()
    }
  }

  async close(): Promise<void> {
    await this.traces.clear()
    await this.stores.clear()
  }
}
