/** The part of the WebAssembly API that is used here: every host has it, but the engine is checked without any host's types. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean
  compile(bytes: Uint8Array): Promise<unknown>
  Module: new (bytes: Uint8Array) => unknown
  Instance: new (module: unknown, imports: object) => { exports: unknown }
  Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => object
}

export const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly

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
