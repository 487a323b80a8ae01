import { ControlBlock } from './control-block'
import { instantiate, type KernelModule } from './kernel-module'

/** What a thread needs to work on the programs of a backend; goes to it by structured clone. */
export interface HelperTask {
  module: KernelModule
  memory: object
  /** Addresses of the control block and of the thread's own scratch. */
  control: number
  scratch: number
  /** Which thread it is, from 1 on, of how many; 0 is the backend's own. */
  thread: number
  threads: number
}

export interface HelperThread {
  /** Resolves when it has begun to serve; rejects when it ends before. */
  readonly ready: Promise<void>
  /** Calls back once when it has ended, however that came. */
  onEnd(listener: (reason: string) => void): void
  /** Ends it; resolves when it no longer touches the memory. */
  end(): Promise<void>
}

/** Threads that a host lends for running kernels. The engine knows no threads of any host. */
export interface HelperThreads {
  /** How many threads share the work at most, the backend's own included. */
  readonly threads: number
  /** Starts one; null when as many as may run do so already. */
  start(task: HelperTask): HelperThread | null
}

/**
 * The body of a helper thread: its share of every program that the backend runs, until the thread is ended.
 * @param ready told before it begins to wait for work
 */
export function serveKernels({ module, memory, control, scratch, thread, threads }: HelperTask, ready: () => void): never {
  const kernels = instantiate(module, memory, scratch)
  const block = new ControlBlock(kernels, control)
  ready()
  for (let run = 1; ; run++) {
    // What the program's table says this thread is to do; see call-list.ts. A view for each run, since the memory grows.
    const table = block.begun(run) / 4
    const ints = new Int32Array(kernels.memory.buffer)
    const segments = ints[table]!
    for (let index = 0, at = table + 1 + 2 * thread * segments; index < segments; index++, at += 2) {
      if (index > 0) block.meet(index - 1, threads)
      if (kernels.execute(ints[at]!, ints[at + 1]!, Infinity, control) === 0) break
    }
    block.done()
  }
}
