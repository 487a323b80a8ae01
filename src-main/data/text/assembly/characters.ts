import { countEach, joinTables, more } from './bytes'
import { high, inner } from './masks'
import { free, input, inputRoom, reserve } from './memory'
import { pointAt, points } from './utf8'

const ascii: usize = 0x80

/** Where ids go. */
const output: usize = free
/** Of each code point how often it was met, uint32; later, in its place, its id. */
const table: usize = output + 4 * inputRoom
/** Of ASCII: how often, in four tables; and ids, a byte each. */
const asciiCounts: usize = table + 4 * points
const asciiIds: usize = asciiCounts + 4 * 4 * ascii

/** @returns where counts by code point are, and ids are to be put */
export function prepareCharacters(): usize {
  reserve(asciiIds + ascii)
  return table
}

export function idsAt(): usize { return output }

/** Counts the characters in `count` bytes at `input`. @returns how many they are */
export function countCharacters(count: u32): u32 {
  let characters: u32 = 0
  for (let at: u32 = 0; at < count; at += 64) {
    const here = input + at
    const length = min<u32>(count - at, 64)
    const valid: u64 = <u64>-1 >> (64 - length)
    if ((high(here) & valid) == 0) {
      countEach(here, length, asciiCounts, ascii)
      characters += length
      continue
    }
    let leads = ~inner(here) & valid
    characters += <u32>popcnt(leads)
    for (; leads != 0; leads &= leads - 1) more(table + 4 * pointAt(here + <usize>ctz(leads)))
  }
  return characters
}

/** Ends the counting: ASCII's counts join the others. */
export function joinCounts(): void { joinTables(asciiCounts, ascii, table) }

/** Call when ids are in the place of counts. No symbol sorts before ASCII, so a byte holds each of its ids. */
export function prepareIds(): void {
  for (let at: usize = 0; at < ascii; at++) store<u8>(asciiIds + at, <u8>load<u32>(table + 4 * at))
}

/** Ids of the characters in `count` bytes, each in so many bytes. @returns how many they are */
export function encodeCharacters(count: u32, width: u32): u32 {
  return width == 1 ? encodeAs<u8>(count) : width == 2 ? encodeAs<u16>(count) : encodeAs<u32>(count)
}

function encodeAs<T>(count: u32): u32 {
  let to = output
  for (let at: u32 = 0; at < count; at += 64) {
    const here = input + at
    const length = min<u32>(count - at, 64)
    const valid: u64 = <u64>-1 >> (64 - length)
    if ((high(here) & valid) == 0) {
      // What follows the last is written over.
      for (let from: usize = here; from < here + length; from += 4, to += 4 * sizeof<T>()) {
        store<T>(to, <T>load<u8>(asciiIds + load<u8>(from)))
        store<T>(to + sizeof<T>(), <T>load<u8>(asciiIds + load<u8>(from, 1)))
        store<T>(to + 2 * sizeof<T>(), <T>load<u8>(asciiIds + load<u8>(from, 2)))
        store<T>(to + 3 * sizeof<T>(), <T>load<u8>(asciiIds + load<u8>(from, 3)))
      }
      to -= (-length & 3) * sizeof<T>()
      continue
    }
    for (let leads = ~inner(here) & valid; leads != 0; leads &= leads - 1, to += sizeof<T>()) {
      store<T>(to, <T>load<u32>(table + 4 * pointAt(here + <usize>ctz(leads))))
    }
  }
  return <u32>((to - output) / sizeof<T>())
}
