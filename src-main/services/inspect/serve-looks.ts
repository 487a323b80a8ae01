import { UnrollError } from '@shared/errors'
import type { Backend } from '../../engine/backends/backend'
import { createWork, givenUp } from '../../engine/inspect/work'
import { LookRoom } from './look-room'
import { looks, type AnyLook } from './looks'

/** The part of the compute protocol that looks inside networks. */
export function serveLooks(createBackend: () => Promise<Backend>, progress: (task: string, done: number, total: number) => void) {
  const room = new LookRoom(createBackend)
  const given = new Map<string, { up: boolean }>()
  return {
    async look(task: string, what: string, args: unknown): Promise<unknown> {
      const look = Object.hasOwn(looks, what) ? (looks as Record<string, unknown>)[what] as AnyLook : null
      if (look === null) throw new UnrollError('internal.no-look', `There is no look "${what}".`)
      const own = { up: false }
      given.set(task, own)
      try {
        return await look(room, args, createWork(() => own.up, (done, total) => progress(task, done, total)))
      } catch (error) {
        // Given up between two kernels of a program.
        throw own.up ? givenUp() : error
      } finally {
        if (given.get(task) === own) given.delete(task)
      }
    },
    async cancelLook(task: string): Promise<void> {
      const own = given.get(task)
      if (own) own.up = true
    },
    close: () => room.close(),
  }
}
