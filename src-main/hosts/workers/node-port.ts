import type { Transferable } from 'node:worker_threads'
import type { Port } from '@shared/rpc/port'

/** What a worker_threads MessagePort, a Worker seen from its parent, and `parentPort` have in common. */
export interface NodeEndpoint {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'close' | 'exit', listener: () => void): unknown
}

/**
 * A worker_threads endpoint as a Port; typed arrays are copied by structured clone.
 * @param transfer the buffers of a message that its sender gives away instead of copying; none when absent
 */
export function nodePort(endpoint: NodeEndpoint, end: () => void, transfer?: (message: unknown) => Transferable[]): Port {
  const early: unknown[] = []
  let deliver: ((message: unknown) => void) | null = null
  endpoint.on('message', (message) => {
    if (deliver === null) early.push(message)
    else deliver(message)
  })
  return {
    post: (message) => endpoint.postMessage(message, transfer?.(message)),
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

/** The buffers of all typed arrays in a message, for a sender that keeps none of them. */
export function buffersIn(message: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  const visit = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      if (value.buffer instanceof ArrayBuffer) found.add(value.buffer)
    } else if (Array.isArray(value)) {
      // Long lists hold strings or numbers (labels, vocabularies); the ones that hold arrays are short.
      if (value.length < 1000) value.forEach(visit)
    } else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit)
  }
  visit(message)
  return [...found]
}
