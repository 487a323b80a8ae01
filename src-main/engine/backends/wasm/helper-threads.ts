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
 * The body of a helper thread: its share of every program that the backend runs, until the backend lets it go.
 * @param ready told before it begins to wait for work
 */
export function serveKernels({ module, memory, control, scratch, thread, threads }: HelperTask, ready: () => void): void {
  const kernels = instantiate(module, memory, scratch)
  ready()
  kernels.serve(control, thread, threads)
}
