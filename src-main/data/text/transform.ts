import { isAscii } from 'node:buffer'

/** What is done to a text before it is cut into tokens. */
export interface TextTransform { lowerCase: boolean; normalise: 'none' | 'NFC' | 'NFD' | 'NFKC' | 'NFKD' }

/** A stretch without a space as long as this is cut where it is. */
const longestStretch = 1024 * 1024
const [lineFeed, space] = [0x0a, 0x20]

/** Lower case, then normal form, of the whole text. */
export function transformText(text: string, { lowerCase, normalise }: TextTransform): string {
  const lower = lowerCase ? text.toLowerCase() : text
  return normalise === 'none' ? lower : lower.normalize(normalise)
}

/**
 * The same over UTF-8 bytes a chunk at a time. It is cut after spaces and line ends, across which neither lower case (the
 * Greek sigma at a word's end) nor a normal form (a letter and its marks) reaches.
 */
export async function* transformed(chunks: AsyncIterable<Uint8Array>, transform: TextTransform): AsyncGenerator<Uint8Array, void, void> {
  if (!transform.lowerCase && transform.normalise === 'none') {
    yield* chunks
    return
  }
  let rest: Uint8Array = new Uint8Array(0)
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const end = 1 + Math.max(bytes.lastIndexOf(lineFeed), bytes.lastIndexOf(space))
    const cut = end > 0 ? end : bytes.length > longestStretch ? bytes.length : 0
    rest = Uint8Array.from(bytes.subarray(cut))
    if (cut > 0) yield apply(bytes.subarray(0, cut), transform)
  }
  if (rest.length > 0) yield apply(rest, transform)
}

function apply(bytes: Uint8Array, transform: TextTransform): Uint8Array {
  // ASCII is in every normal form.
  if (!isAscii(bytes)) return Buffer.from(transformText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(), transform))
  return transform.lowerCase ? bytes.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)) : bytes
}
