// Bytes of a text, 64 at a time, as masks of 64 bits: bit i is that of byte i.

// @ts-ignore: decorator
@inline
function within(bytes: v128, first: u8, count: u8): v128 {
  return i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(<i8>first)), i8x16.splat(<i8>count))
}

// @ts-ignore: decorator
@inline
function joined(a: v128, b: v128, c: v128, d: v128): u64 {
  return <u64>i8x16.bitmask(a) | <u64>i8x16.bitmask(b) << 16 | <u64>i8x16.bitmask(c) << 32 | <u64>i8x16.bitmask(d) << 48
}

/** Bytes equal to one. */
// @ts-ignore: decorator
@inline
export function equal(at: usize, byte: u8): u64 {
  const all = i8x16.splat(<i8>byte)
  return joined(i8x16.eq(v128.load(at), all), i8x16.eq(v128.load(at, 16), all), i8x16.eq(v128.load(at, 32), all), i8x16.eq(v128.load(at, 48), all))
}

/** Bytes of characters of several bytes: 0x80 and above. */
// @ts-ignore: decorator
@inline
export function high(at: usize): u64 {
  return joined(v128.load(at), v128.load(at, 16), v128.load(at, 32), v128.load(at, 48))
}

/** Bytes that go on with a character: 10xxxxxx, as signed numbers the lowest 64. */
// @ts-ignore: decorator
@inline
export function inner(at: usize): u64 {
  const above = i8x16.splat(-64)
  return joined(i8x16.lt_s(v128.load(at), above), i8x16.lt_s(v128.load(at, 16), above), i8x16.lt_s(v128.load(at, 32), above), i8x16.lt_s(v128.load(at, 48), above))
}

/** ASCII's letters, digits, apostrophe and underscore. */
// @ts-ignore: decorator
@inline
export function asciiLetters(at: usize): u64 {
  return joined(letters(v128.load(at)), letters(v128.load(at, 16)), letters(v128.load(at, 32)), letters(v128.load(at, 48)))
}

/** ASCII's blanks: space and 0x09 to 0x0D. */
// @ts-ignore: decorator
@inline
export function asciiBlanks(at: usize): u64 {
  return joined(blanks(v128.load(at)), blanks(v128.load(at, 16)), blanks(v128.load(at, 32)), blanks(v128.load(at, 48)))
}

// @ts-ignore: decorator
@inline
function letters(bytes: v128): v128 {
  const alphabetic = within(v128.or(bytes, i8x16.splat(0x20)), 0x61, 26)
  const numeric = within(bytes, 0x30, 10)
  const others = v128.or(i8x16.eq(bytes, i8x16.splat(0x27)), i8x16.eq(bytes, i8x16.splat(0x5f)))
  return v128.or(v128.or(alphabetic, numeric), others)
}

// @ts-ignore: decorator
@inline
function blanks(bytes: v128): v128 {
  return v128.or(i8x16.eq(bytes, i8x16.splat(0x20)), within(bytes, 0x09, 5))
}
