// Characters of UTF-8 that is known to be valid.

/** One more than the last code point. */
export const points: usize = 0x110000

/** How many bytes a character has, by its first. */
// @ts-ignore: decorator
@inline
export function widthOf(lead: u32): u32 {
  return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
}

/** The code point of a character. One byte or two make no branch: in most scripts nobody could guess which. */
// @ts-ignore: decorator
@inline
export function pointAt(at: usize): u32 {
  const lead = <u32>load<u8>(at)
  const second = <u32>load<u8>(at, 1) & 0x3f
  if (lead < 0xe0) {
    const two = lead >> 7
    return (lead & 0x7f >> 2 * two) << 6 * two | second & -two
  }
  const third = <u32>load<u8>(at, 2) & 0x3f
  if (lead < 0xf0) return (lead & 0x0f) << 12 | second << 6 | third
  return (lead & 0x07) << 18 | second << 12 | third << 6 | <u32>load<u8>(at, 3) & 0x3f
}
