import type { Port } from '@shared/rpc/port'

/** What a worker_threads MessagePort, a Worker seen from its parent, and `parentPort` have in common. */
export interface NodeEndpoint {
  postMessage(message: unknown): void
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'close' | 'exit', listener: () => void): unknown
}

/** A worker_threads endpoint as a Port; typed arrays are copied by structured clone. */
export function nodePort(endpoint: NodeEndpoint, end: () => void): Port {
  const early: unknown[] = []
  let deliver: ((message: unknown) => void) | null = null
  endpoint.on('message', (message) => {
    if (deliver === null) early.push(message)
    else deliver(message)
  })
  return {
    post: (message) => endpoint.postMessage(message),
    listen(listener) {
      deliver = listener
      for (const message of early.splice(0)) listener(message)
    },
    onClose(listener) {
      endpoint.on('close', listener)
      endpoint.on('exit', listener)
    },
    close: end,
  }
}
