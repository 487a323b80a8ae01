import { computeClient, type ComputeClient } from '../compute/compute-client'
import type { ComputeEvents } from '../compute/protocol'
import type { HostCapabilities } from '../host-capabilities'

/**
 * The cpu worker that inspecting, sampling and forecasting are computed on: neither training nor this thread waits for them.
 * Started when first needed, started again should it die.
 */
export class ComputeDesk {
  private client: Promise<ComputeClient> | null = null

  /** @param progress told how far looks are */
  constructor(private readonly host: HostCapabilities, private readonly progress: NonNullable<ComputeEvents['progress']> = () => {}) {}

  async run<T>(job: (client: ComputeClient) => Promise<T>): Promise<T> {
    return job(await (this.client ??= this.start()))
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => null)
    this.client = null
    await client?.terminate()
  }

  private async start(): Promise<ComputeClient> {
    try {
      const worker = await this.host.startCompute('cpu')
      worker.onExit(() => { this.client = null })
      return computeClient(worker, { metrics: () => {}, checkpoint: async () => {}, progress: this.progress })
    } catch (error) {
      this.client = null
      throw error
    }
  }
}
