/** A longer run of letters is cut: no word is. */
const longestWord = 256
const space = 0x20

const blank = 1
const sign = 2
const letter = 3
/** What each code point is, found when first met; 0: not yet. */
const classes = new Uint8Array(0x110000)
const letterPattern = /^[\p{L}\p{N}\p{M}'\u2019_]$/u
/** The same of bytes that are characters; of others 0. */
const byteClasses = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 0x80 ? classOf(byte) : 0))

/**
 * Where the token that begins at `from` ends: a run of letters, digits, marks, apostrophes and underscores, or one other
 * character, with the single space before it.
 * @param bytes whole UTF-8 characters   @param length how many of the bytes count   @param last nothing follows them
 * @returns -1 when it may go on after them
 */
export function wordEnd(bytes: Uint8Array, from: number, length: number, last: boolean): number {
  let at = from
  if (bytes[at] === space) {
    at++
    if (at === length) return last ? at : -1
  }
  const kind = classAt(bytes, at)
  // A space belongs to what follows, unless that is blank.
  if (kind !== letter) return kind === blank && at > from ? at : at + widthAt(bytes, at)
  const limit = Math.min(length, from + longestWord)
  for (;;) {
    while (at < limit && byteClasses[bytes[at]!] === letter) at++
    if (at >= limit || bytes[at]! < 0x80 || classAt(bytes, at) !== letter) break
    at += widthAt(bytes, at)
  }
  return at === length && !last ? -1 : at
}

function classOf(point: number): number {
  const known = classes[point]!
  if (known > 0) return known
  const character = String.fromCodePoint(point)
  return classes[point] = letterPattern.test(character) ? letter : /^\s$/u.test(character) ? blank : sign
}

function classAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!
  return byte < 0x80 ? byteClasses[byte]! : classOf(pointAt(bytes, at))
}

const widthAt = (bytes: Uint8Array, at: number): number => (bytes[at]! < 0x80 ? 1 : bytes[at]! < 0xe0 ? 2 : bytes[at]! < 0xf0 ? 3 : 4)

function pointAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!
  if (byte < 0xe0) return (byte & 0x1f) << 6 | bytes[at + 1]! & 0x3f
  if (byte < 0xf0) return (byte & 0x0f) << 12 | (bytes[at + 1]! & 0x3f) << 6 | bytes[at + 2]! & 0x3f
  return (byte & 0x07) << 18 | (bytes[at + 1]! & 0x3f) << 12 | (bytes[at + 2]! & 0x3f) << 6 | bytes[at + 3]! & 0x3f
}
