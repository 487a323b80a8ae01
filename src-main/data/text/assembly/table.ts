// Words as byte strings and how often each was met, in a hash table: open addressing, linear probing. The first fifteen bytes of a
// word and its length are hashed and compared at once, without a branch on the length; only longer ones have their rest compared.
// Keys lie in the order in which words were met, so that frequent ones, met early, lie together in the cache.
import { reserve } from './memory'

/** Words told apart; what is met after so many is number 0, the unknown word. */
const mostWords: u32 = 1 << 20
const keyBytes: u32 = 15

/** Fifteen bytes of ones, then of zeros: read `length` bytes before the middle, a mask of so many. */
const masks = memory.data<u8>([255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) + 15

/** Words known; their numbers are 1 to `size`, in the order they were met. */
let known: u32 = 0
/** 2^bits slots, of which at most half are taken: a word's number; 0: free. */
let bits: u32 = 16
let slots: usize = 0
/** Of each number: its key, where its bytes end in `texts` (they begin where those before it end), how often it was met. */
let keys: usize = 0
let ends: usize = 0
let counts: usize = 0
let texts: usize = 0
/** Everything below this is memory. */
let reserved: usize = 0

export function prepareTable(from: usize): void {
  slots = from
  place()
}

export function size(): u32 { return known }
export function countsAt(): usize { return counts }
export function endsAt(): usize { return ends }
export function textsAt(): usize { return texts }

/** Puts the parts one after the other for so many slots; what they hold moves along, the last part first. */
function place(): void {
  const room: usize = (1 << (bits - 1)) + 1
  const newKeys = slots + (<usize>4 << bits)
  const newEnds = newKeys + 16 * room
  const newCounts = newEnds + 4 * room
  const newTexts = newCounts + 4 * room
  const textBytes = known == 0 ? 0 : endOf(known)
  makeRoom(newTexts + textBytes)
  memory.copy(newTexts, texts, textBytes)
  memory.copy(newCounts, counts, 4 * (known + 1))
  memory.copy(newEnds, ends, 4 * (known + 1))
  memory.copy(newKeys, keys, 16 * (known + 1))
  memory.fill(slots, 0, newKeys - slots)
  keys = newKeys
  ends = newEnds
  counts = newCounts
  texts = newTexts
}

/** A megabyte at a time; sixteen bytes past the end may be read. */
function makeRoom(end: usize): void {
  if (end + 16 > reserved) reserve(reserved = end + 16 + (1 << 20))
}

// @ts-ignore: decorator
@inline
function endOf(number: u32): u32 { return load<u32>(ends + 4 * number) }

/** The number of a word; 0: unknown. @param learning it may become a new one, and is counted */
// @ts-ignore: decorator
@inline
export function numberOf(at: usize, length: u32, learning: bool): u32 {
  const low = lowKey(at, length)
  const high = highKey(at, length)
  const slot = slotOf(at, length, low, high)
  let number = load<u32>(slot)
  if (number == 0 && learning && known < mostWords) number = insert(at, length, low, high, slot)
  const count = counts + 4 * number
  store<u32>(count, load<u32>(count) + <u32>learning)
  return number
}

// @ts-ignore: decorator
@inline
function lowKey(at: usize, length: u32): u64 {
  return load<u64>(at) & load<u64>(masks - min(length, keyBytes))
}

/** Its last byte is the length, of longer words one that no shorter has. */
// @ts-ignore: decorator
@inline
function highKey(at: usize, length: u32): u64 {
  const within = min(length, keyBytes + 1)
  return load<u64>(at, 8) & load<u64>(masks - min(length, keyBytes), 8) | <u64>within << 56
}

/** The word's slot, or the free one where it would go. */
// @ts-ignore: decorator
@inline
function slotOf(at: usize, length: u32, low: u64, high: u64): usize {
  let hash = (low ^ rotr(high * 0x9e3779b97f4a7c15, 29)) * 0xd6e8feb86659fd93
  if (length > keyBytes) hash = hashRest(hash, at, length)
  const mask: u32 = (1 << bits) - 1
  let slot = <u32>(hash >> (64 - bits))
  for (;;) {
    const number = load<u32>(slots + 4 * slot)
    if (number == 0) break
    const key = keys + 16 * number
    if (((load<u64>(key) ^ low) | (load<u64>(key, 8) ^ high)) == 0 && (length <= keyBytes || sameRest(number, at, length))) break
    slot = slot + 1 & mask
  }
  return slots + 4 * slot
}

function hashRest(hash: u64, at: usize, length: u32): u64 {
  for (let done = keyBytes; done < length; done += 8) {
    const left = length - done
    const part = load<u64>(at + done) & (left < 8 ? (<u64>1 << 8 * left) - 1 : -1)
    hash = (rotr(hash, 29) ^ part) * 0xd6e8feb86659fd93
  }
  return hash
}

function sameRest(number: u32, at: usize, length: u32): bool {
  const start = endOf(number - 1)
  if (endOf(number) - start != length) return false
  for (let done = keyBytes; done < length; done++) if (load<u8>(texts + start + done) != load<u8>(at + done)) return false
  return true
}

function insert(at: usize, length: u32, low: u64, high: u64, slot: usize): u32 {
  const start = endOf(known)
  const number = ++known
  makeRoom(texts + start + length)
  memory.copy(texts + start, at, length)
  store<u32>(ends + 4 * number, start + length)
  store<u32>(counts + 4 * number, 0)
  store<u64>(keys + 16 * number, low)
  store<u64>(keys + 16 * number, high, 8)
  store<u32>(slot, number)
  if (number >= <u32>1 << bits - 1 && number < mostWords) grow()
  return number
}

function grow(): void {
  bits++
  place()
  for (let number: u32 = 1; number <= known; number++) {
    const start = endOf(number - 1)
    store<u32>(slotOf(texts + start, endOf(number) - start, load<u64>(keys + 16 * number), load<u64>(keys + 16 * number, 8)), number)
  }
}
