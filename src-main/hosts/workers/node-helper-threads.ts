import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { HelperThread, HelperThreads, HelperTask } from '../../engine/backends/wasm/helper-threads'

/** More than this share no step of training well: they wait for the slowest. */
const MOST_THREADS = 8

/** Two threads of one core share its multiplier, so beyond two of them half as many do as much. */
function threadsWorthwhile(): number {
  const there = availableParallelism()
  return Math.min(MOST_THREADS, there <= 2 ? there : Math.max(2, Math.floor(there / 2)))
}

/**
 * Helper threads of Node, for one backend at a time: others run alone meanwhile, so that threads don't pile up.
 * @param file the built cpu-helper   @param threads how many share the work; as many as this machine has cores when absent
 */
export function nodeHelperThreads(file: string, threads = threadsWorthwhile()): HelperThreads {
  let running = 0
  return {
    threads,
    start(task) {
      if (running >= threads - 1) return null
      running++
      const helper = startHelper(file, task)
      helper.onEnd(() => { running-- })
      return helper
    },
  }
}

function startHelper(file: string, task: HelperTask): HelperThread {
  const thread = new Worker(pathToFileURL(file), { name: 'cpu-helper', workerData: task, resourceLimits: { maxYoungGenerationSizeMb: 1 } })
  // It waits for work for ever; that alone keeps no process alive.
  thread.unref()
  const listeners: ((reason: string) => void)[] = []
  let ended: string | null = null
  let failure: string | null = null
  const ready = new Promise<void>((resolve, reject) => {
    thread.once('message', () => { resolve() })
    thread.once('error', (error) => { failure = error instanceof Error ? error.message : String(error) })
    thread.once('exit', (code) => {
      ended = failure ?? `the thread ended with code ${code}`
      reject(new Error(ended))
      for (const listener of listeners) listener(ended)
    })
  })
  // Who waits for it hears of it; afterwards its end is told by onEnd.
  ready.catch(() => {})
  return {
    ready,
    onEnd(listener) {
      if (ended === null) listeners.push(listener)
      else listener(ended)
    },
    async end() { await thread.terminate() },
  }
}
