import { parentPort, type Transferable } from 'node:worker_threads'
import type { Port } from '@shared/rpc/port'
import { nodePort } from './node-port'

/** The port to the thread that started this one. */
export function portToParent(transfer?: (message: unknown) => Transferable[]): Port {
  const parent = parentPort
  if (parent === null) throw new Error('This module is a worker thread\'s entry; it was started as a program.')
  return nodePort(parent, () => parent.close(), transfer)
}
