import { free, input, inputRoom, reserve } from './memory'
import { equal, inner } from './masks'

const lengths: usize = free
const lineFeed: u8 = 0x0a
const carriageReturn: u8 = 0x0d

/** Characters of the line that has begun, and the last byte so far. */
let begun: u32 = 0
let last: u8 = lineFeed

/** Characters since the last line end. */
export function lineBegun(): u32 { return begun }

export function prepareLines(): usize {
  reserve(lengths + 4 * inputRoom)
  return lengths
}

/**
 * Characters of each line that ends in the `count` bytes at `input`, as uint32 from `lengths` on; of line ends neither LF nor CR LF
 * counts.
 * @returns how many lines
 */
export function lineLengths(count: u32): u32 {
  let to = lengths
  // Characters of the line before the block.
  let length = begun
  for (let at: u32 = 0; at < count; at += 64) {
    const valid: u64 = count - at < 64 ? (<u64>1 << (count - at)) - 1 : -1
    const characters = ~inner(input + at) & valid
    let ends = equal(input + at, lineFeed) & valid
    let rest = characters
    while (ends != 0) {
      const place = <u32>ctz(ends)
      const before = (<u64>1 << place) - 1
      const previous = at + place > 0 ? load<u8>(input + at + place - 1) : last
      store<u32>(to, length + <u32>popcnt(rest & before) - <u32>(previous == carriageReturn))
      to += 4
      length = 0
      // Without the line feed itself.
      rest &= ~(before << 1 | 1)
      ends &= ends - 1
    }
    length += <u32>popcnt(rest)
  }
  begun = length
  if (count > 0) last = load<u8>(input + count - 1)
  return <u32>(to - lengths) >> 2
}
