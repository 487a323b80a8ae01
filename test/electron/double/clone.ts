/**
 * Structured clone as text, for what crosses between Node and a page. Self-contained: its source is also put into pages.
 * Refuses what structured clone refuses (functions, symbols); cycles and Maps, which Unroll never sends, too.
 */
export function makeClone() {
  const special = new Set(['NaN', 'Infinity', '-Infinity'])
  const refuse = (what: string): never => { throw new DOMException(`${what} could not be cloned.`, 'DataCloneError') }
  const toBase64 = (bytes: Uint8Array) => {
    let text = ''
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
    return btoa(text)
  }
  const fromBase64 = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

  function pack(value: unknown, above: unknown[]): unknown {
    if (value === undefined) return { $: 'undefined' }
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') return Object.is(value, -0) ? { $: 'number', v: '-0' } : special.has(String(value)) ? { $: 'number', v: String(value) } : value
    if (typeof value !== 'object') return refuse(String(value))
    if (above.includes(value)) return refuse('A cycle')
    if (ArrayBuffer.isView(value)) return { $: 'typed', t: value.constructor.name, v: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) }
    if (Array.isArray(value)) return value.map((item) => pack(item, [...above, value]))
    if (value instanceof Error) return { $: 'error', v: value.message }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return refuse(`A ${value.constructor.name}`)
    return { $: 'object', v: Object.entries(value).map(([key, item]) => [key, pack(item, [...above, value])]) }
  }

  function unpack(packed: unknown): unknown {
    if (typeof packed !== 'object' || packed === null) return packed
    if (Array.isArray(packed)) return packed.map(unpack)
    const { $: kind, t: type, v: content } = packed as { $: string; t: string; v: never }
    if (kind === 'undefined') return undefined
    if (kind === 'number') return Number(content)
    if (kind === 'error') return new Error(content)
    if (kind === 'object') return Object.fromEntries((content as [string, unknown][]).map(([key, item]) => [key, unpack(item)]))
    const bytes = fromBase64(content)
    const typed = (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => unknown>)[type]!
    return new typed(bytes.buffer)
  }

  return { encode: (value: unknown): string => JSON.stringify(pack(value, [])), decode: (text: string): unknown => unpack(JSON.parse(text)) }
}
