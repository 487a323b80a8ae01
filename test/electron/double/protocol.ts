import type { Protocol } from 'electron'
import type { Route } from 'playwright-core'
import { app } from './app'

/**
 * Chromium alone can't be taught app://, so pages live at an https origin of their own, whose every request is answered
 * here; no name is ever looked up. To the main process all addresses are app:// ones.
 */
const suffix = '.app.invalid'
const handlers = new Map<string, Parameters<Protocol['handle']>[1]>()
let privileged: string[] = []

export const protocol: Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'> = {
  registerSchemesAsPrivileged(schemes) {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    for (const { scheme, privileges } of schemes) if (!privileges?.standard || !privileges.secure) throw new TypeError(`The double has standard, secure schemes only; ${scheme} is none.`)
    privileged = schemes.map(({ scheme }) => scheme)
  },
  handle(scheme, handler) {
    if (!app.isReady()) throw new Error('protocol.handle needs a ready app')
    if (!privileged.includes(scheme)) throw new Error(`${scheme}: was not registered as privileged`)
    handlers.set(scheme, handler)
  },
}

/** app://unroll/x ↔ https://unroll.app.invalid/x; other addresses are left as they are. */
export function toPageAddress(address: string): string {
  const match = /^app:\/\/([^/]+)(.*)$/.exec(address)
  return match ? `https://${match[1]}${suffix}${match[2]}` : address
}

export function fromPageAddress(address: string): string {
  const match = /^https:\/\/([^/]+)\.app\.invalid(.*)$/.exec(address)
  return match ? `app://${match[1]}${match[2]}` : address
}

/** Answers a page's request by the app's own handler; whatever is not the app's can't be reached. */
export async function answerRoute(route: Route): Promise<void> {
  const request = route.request()
  const address = fromPageAddress(request.url())
  const handler = handlers.get(new URL(address).protocol.replace(':', ''))
  if (!handler) return route.abort('namenotresolved')
  const response = await handler(new Request(address, { method: request.method() }))
  await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.from(await response.arrayBuffer()) })
}
