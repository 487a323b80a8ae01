import { CONTROL_BYTES, ControlBlock } from './control-block'
import type { HelperThread, HelperThreads } from './helper-threads'
import type { KernelModule, Kernels } from './kernel-module'
import type { LinearMemory } from './linear-memory'

/** The threads that work on a backend's programs, and the words in memory by which they keep step. */
export class Crew {
  /** Address of the control block of runs that the crew shares, and of one for runs of this thread alone. */
  readonly control: number
  readonly alone: number
  private block: ControlBlock | null = null
  private helpers: HelperThread[] = []
  private gathering: Promise<void> | null = null
  private ready = false
  private lost = false
  private busy = false
  private disposed = false

  constructor(
    private readonly kernels: Kernels, private readonly module: KernelModule, private readonly memory: LinearMemory, private readonly host: HelperThreads | null,
  ) {
    this.control = memory.allocate(2 * CONTROL_BYTES)
    this.alone = this.control + CONTROL_BYTES
    kernels.clear(2 * CONTROL_BYTES, this.control)
  }

  /** How many threads a program may be cut for. */
  get threads(): number {
    return this.module.shared && this.host ? this.host.threads : 1
  }

  /** Starts the helpers, once. Where they can't be had every run is made by this thread alone. */
  async gather(): Promise<void> {
    await (this.gathering ??= this.start())
  }

  /** The helpers' control block if all of them are there and none is at work; taken until `release`. */
  take(): ControlBlock | null {
    if (this.busy || !this.whole) return null
    this.busy = true
    return this.block
  }

  release(): void {
    this.busy = false
  }

  /** Whether every helper is there and alive. */
  get whole(): boolean {
    return this.ready && !this.lost
  }

  /** Ends the helpers that are left: what they did of a run is worth nothing without the others. */
  async disband(): Promise<void> {
    this.lost = true
    const ending = this.helpers
    this.helpers = []
    await Promise.all(ending.map((helper) => helper.end()))
  }

  async dispose(): Promise<void> {
    if (this.disposed) return
    this.disposed = true
    await this.gathering
    await this.disband()
  }

  private async start(): Promise<void> {
    const { threads, host, control, module } = this
    if (!host || threads < 2) return
    this.block = new ControlBlock(this.kernels, control)
    const bytes = Math.ceil(this.kernels.scratchBytes() / 64) * 64
    const scratch = this.memory.allocate(bytes * threads)
    try {
      for (let thread = 1; thread < threads; thread++) {
        const helper = host.start({ module, memory: this.kernels.memory, control, scratch: scratch + thread * bytes, thread, threads })
        if (!helper) break
        this.helpers.push(helper)
        helper.onEnd(() => { this.lost = true })
      }
      await Promise.all(this.helpers.map((helper) => helper.ready))
      this.ready = this.helpers.length === threads - 1
    } catch {
      this.lost = true
    }
    if (!this.whole) await this.disband()
  }
}
