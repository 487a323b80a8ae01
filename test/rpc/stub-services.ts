import { UnrollError } from '@shared/errors'
import { contract, type Emit, type Handlers, type Method } from '@shared/rpc/contract'
import type { AppInfo } from '@shared/rpc/schemas'
import type { Services } from '@main/services/host-capabilities'

/** Handlers of which only the given ones may be called: the transports are under test, not what they carry. */
export function stubHandlers(given: Partial<Handlers>): Handlers {
  const refuse = (method: string) => async () => { throw new UnrollError('test.not-expected', `${method} was called.`) }
  const all = Object.fromEntries((Object.keys(contract) as Method[]).map((method) => [method, refuse(method)]))
  return { ...all, ...given } as Handlers
}

export const info: AppInfo = { version: '1.2.3', host: 'serve', platform: 'test', home: '/home/test', cores: 2, gpu: { available: false, description: 'none' } }

/** Services with an event source, files by token, and a note of their end. */
export function stubServices(given: Partial<Handlers> = {}): Services & { emit: Emit; granted: Map<string, string>; closed: () => boolean } {
  const listeners = new Set<Emit>()
  const granted = new Map<string, string>()
  let closed = false
  return {
    handlers: stubHandlers({ 'app.info': async () => info, ...given }),
    subscribe(listener) {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
    emit: (event, payload) => { for (const listener of listeners) listener(event, payload) },
    granted,
    async grantFile(path, name = path) {
      const token = `token-${granted.size}-12345678`
      granted.set(token, path)
      return { token, name, bytes: 0 }
    },
    pathOf: (token) => granted.get(token) ?? null,
    async close() { closed = true },
    closed: () => closed,
  }
}
