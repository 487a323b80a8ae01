import type { Experiment } from '@shared/experiment/schema'
import type { Emit } from '@shared/rpc/contract'
import type { DataProgress, PreparedDataset } from '../../data/prepared-dataset'
import { startDataWorker, type DataClient } from '../data-client'
import type { HostCapabilities } from '../host-capabilities'

/** The data worker that the screens' requests go to: started when first needed, started again should it end. */
export class DataDesk {
  private client: Promise<DataClient> | null = null
  private task = 0
  /** The task whose progress windows are told. */
  private watched: string | null = null
  private watchedSince = 0

  constructor(private readonly host: HostCapabilities, private readonly emit: Emit) {}

  /** @param watch tell `import.progress` while it lasts */
  async run<T>(job: (client: DataClient, task: string) => Promise<T>, { watch = false } = {}): Promise<T> {
    const task = `desk-${++this.task}`
    if (watch) {
      this.watched = task
      this.watchedSince = performance.now()
    }
    const client = await (this.client ??= this.start())
    try {
      return await job(client, task)
    } finally {
      if (this.watched === task) this.watched = null
    }
  }

  prepare(experiment: Experiment, folder: string): Promise<PreparedDataset> {
    return this.run((client, task) => client.prepare(task, experiment, folder))
  }

  /** Progress of what the main side does itself, told to windows at most 20 times a second and at the end. */
  telling(stage: 'copying'): (progress: DataProgress) => void {
    const since = performance.now()
    let last = 0
    return (progress) => {
      const now = performance.now()
      if (now - last < 50 && progress.bytes < progress.totalBytes) return
      last = now
      this.tell(stage, progress, since)
    }
  }

  private tell(stage: 'copying' | 'reading', { bytes, totalBytes, rows }: DataProgress, since: number): void {
    const spent = performance.now() - since
    this.emit('import.progress', { stage, bytes, totalBytes, rows, remainingMs: bytes > 0 ? spent * (totalBytes - bytes) / bytes : null })
  }

  /** Ends what windows watch: a preview or an import. */
  async cancel(): Promise<void> {
    if (this.watched !== null && this.client !== null) await (await this.client).cancel(this.watched)
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => null)
    this.client = null
    await client?.terminate()
  }

  private async start(): Promise<DataClient> {
    try {
      return await startDataWorker(this.host, {
        progress: (task, progress) => { if (task === this.watched) this.tell('reading', progress, this.watchedSince) },
        ended: () => { this.client = null },
      })
    } catch (error) {
      this.client = null
      throw error
    }
  }
}
