import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const names = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Whether the browser asked for this machine by a name of its own. A page of someone else's whose name was pointed here
 * (DNS rebinding) comes with its own name. The port is free, so that `ssh -L` may forward another.
 */
export function hostIsOurs(request: IncomingMessage): boolean {
  const match = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(request.headers.host ?? '')
  return match !== null && names.has(match[1]!.toLowerCase())
}

/** Whether the page that asks came from here. Other servers on this machine share our cookies, not our origin. */
export const originIsOurs = (request: IncomingMessage): boolean => request.headers.origin === `http://${request.headers.host}`

/** What a request names, as a URL; null when it is no path. */
export function addressOf(request: IncomingMessage): URL | null {
  const address = `http://unroll${request.url}`
  return request.url?.startsWith('/') && URL.canParse(address) ? new URL(address) : null
}

/** Compares in a time that does not depend on where they differ. */
export function sameSecret(given: string | null | undefined, secret: string): boolean {
  const a = Buffer.from(given ?? '')
  const b = Buffer.from(secret)
  return a.length === b.length && timingSafeEqual(a, b)
}

export function cookieOf(request: IncomingMessage, name: string): string | undefined {
  return request.headers.cookie?.split(';').map((pair) => pair.trim().split('=')).find(([key]) => key === name)?.[1]
}

/** 256 random bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url')
