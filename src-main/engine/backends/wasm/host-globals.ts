/**
 * What this backend needs of the host beyond the language itself: Node, a worker thread and a browser's worker all have
 * it. Declared here because the engine is checked without any host's types.
 */
interface HostGlobals {
  WebAssembly: {
    validate(bytes: Uint8Array): boolean
    instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: unknown } }>
  }
  performance: { now(): number }
  setTimeout(callback: () => void, ms: number): unknown
  setImmediate?(callback: () => void): unknown
  MessageChannel?: new () => { port1: { onmessage: (() => void) | null }; port2: { postMessage(message: null): void } }
}

export const host = globalThis as unknown as HostGlobals

/**
 * Answers once the host has seen to what waits for it: messages, timers. Neither of the two quick ways is delayed to
 * 4 ms as nested timers are in browsers.
 */
export const hostTurn: () => Promise<void> = makeHostTurn()

function makeHostTurn(): () => Promise<void> {
  const { setImmediate, MessageChannel } = host
  if (setImmediate) return () => new Promise((done) => { setImmediate(done) })
  if (!MessageChannel) return () => new Promise((done) => { host.setTimeout(done, 0) })
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  port1.onmessage = () => waiting.shift()?.()
  return () => new Promise((done) => {
    waiting.push(done)
    port2.postMessage(null)
  })
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Bytes of a base64 text without line breaks. */
export function fromBase64(text: string): Uint8Array {
  const values = new Uint8Array(128)
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array(text.length / 4 * 3 - padding)
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let bits = 0
    for (let j = 0; j < 4; j++) bits = (bits << 6) | values[text.charCodeAt(i + j)]!
    for (let shift = 16; shift >= 0 && at < bytes.length; shift -= 8) bytes[at++] = (bits >> shift) & 255
  }
  return bytes
}
