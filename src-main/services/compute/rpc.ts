import { createBirpc, type BirpcReturn } from 'birpc'
import { UnrollError } from '@shared/errors'
import type { Port } from '@shared/rpc/port'

type Functions = Record<string, (...args: never[]) => unknown>

/** A worker's side of a channel: its functions are called, and it calls the other side's. */
export type Peer<Remote extends object> = BirpcReturn<Remote, Functions>

/**
 * Two-way calls over a Port. No call times out: a training run lasts as long as it lasts; a worker's death ends its
 * pending calls by `$close(error)`.
 * Errors cross as ErrorEnvelope, since structured clone keeps only an Error's message.
 */
export function connect<Remote extends object>(port: Port, functions: object): Peer<Remote> {
  const guarded: Functions = {}
  for (const [name, call] of Object.entries(functions) as [string, (...args: never[]) => unknown][]) {
    guarded[name] = async (...args: never[]) => {
      try {
        return await call(...args)
      } catch (error) {
        throw UnrollError.from(error).toJSON()
      }
    }
  }
  return createBirpc<Remote, Functions>(guarded, {
    post: (message) => port.post(message),
    on: (listener) => port.listen(listener),
    timeout: -1,
    // Only what was offered: `constructor` and the like are no functions of this side.
    resolver: (name) => (Object.hasOwn(guarded, name) ? guarded[name] : undefined),
  })
}

/** Awaits a call to the other side and gives its error back its type. */
export async function answer<T>(call: Promise<T>): Promise<Awaited<T>> {
  try {
    return await call
  } catch (error) {
    throw UnrollError.from(error)
  }
}
