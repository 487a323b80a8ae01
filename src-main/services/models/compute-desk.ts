import { computeClient, type ComputeClient } from '../compute/compute-client'
import type { HostCapabilities } from '../host-capabilities'

/**
 * The cpu worker that inspecting, sampling and forecasting are computed on: neither training nor this thread waits for them.
 * Started when first needed, started again should it die.
 */
export class ComputeDesk {
  private client: Promise<ComputeClient> | null = null

  constructor(private readonly host: HostCapabilities) {}

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
      return computeClient(worker)
    } catch (error) {
      this.client = null
      throw error
    }
  }
}
