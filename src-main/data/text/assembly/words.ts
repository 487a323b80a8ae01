import { pointAt, points, widthOf } from './utf8'
import { asciiBlanks, asciiLetters, equal, high, inner } from './masks'
import { free, input, inputRoom, reserve } from './memory'
import { numberOf, prepareTable } from './table'

/** A longer run of letters is cut, after the character in which this many bytes end: no word is so long. */
const longestWord: u32 = 256
/** A run longer than this has such a place within it. */
const surelyCut: u32 = longestWord + 3
const space: u8 = 0x20

// As the host's classOf says.
const blank: u32 = 1
const letter: u32 = 3

/** The first bytes of tokens as uint32, in whose place their ids are put. */
const starts: usize = free
/** What each code point is, asked of the host when first met; 0: not yet. */
const classes: usize = starts + 4 * (inputRoom + 1024)

/** Bytes at `input` that wait for what follows them. */
let waiting: u32 = 0

/** What a code point is by Unicode. */
// @ts-ignore: decorator
@external('host', 'classOf')
declare function classOf(point: u32): u32

/** @returns where ids will be */
export function prepareWords(): usize {
  prepareTable(classes + points)
  return starts
}

/** How many bytes wait at `input`; new ones go behind them. */
export function held(): u32 { return waiting }

/**
 * Cuts what waited and `count` new bytes, whole characters, into tokens and puts their numbers, uint32, where `prepareWords` said.
 * @param last no bytes follow, so that nothing waits   @param learning words that weren't met are learnt and all are counted
 * @returns how many tokens
 */
export function cutIntoWords(count: u32, last: bool, learning: bool): u32 {
  const length = waiting + count
  const tokens = findStarts(length, last)
  let from = load<u32>(starts)
  for (let token: u32 = 0; token < tokens; token++) {
    const to = load<u32>(starts + 4 * token, 4)
    store<u32>(starts + 4 * token, numberOf(input + from, to - from, learning))
    from = to
  }
  waiting = length - from
  memory.copy(input, input + from, waiting)
  return tokens
}

/**
 * A token starts at each character but
 * - a letter after a letter (letter: Unicode's L, N and M, apostrophes, underscore), and
 * - one that isn't blank after a space.
 * @returns how many tokens; one more start than these stands in `starts`
 */
function findStarts(length: u32, last: bool): u32 {
  let to = starts
  let start: u32 = 0
  // What the bytes before a block leave to it: whether the last was a letter, or a space; and bytes of a letter that goes on in it.
  let letterBefore: u64 = 0, spaceBefore: u64 = 0, goesOn: u64 = 0
  store<u32>(to, 0)
  for (let at: u32 = 0; at < length; at += 64) {
    const here = input + at
    const valid: u64 = length - at < 64 ? (<u64>1 << (length - at)) - 1 : -1
    let letters = asciiLetters(here)
    let blanks = asciiBlanks(here)
    let within: u64 = 0
    const several = high(here) & valid
    if (several != 0) {
      within = inner(here)
      letters |= goesOn
      goesOn = 0
      for (let leads = several & ~within; leads != 0; leads &= leads - 1) {
        const place = ctz(leads)
        const kind = classAt(here + <usize>place)
        if (kind == letter) {
          const width = <u64>widthOf(load<u8>(here + <usize>place))
          const bytes = (<u64>1 << width) - 1
          letters |= bytes << place
          if (place + width > 64) goesOn = bytes >> (64 - place)
        } else if (kind == blank) blanks |= <u64>1 << place
      }
    }
    const spaces = equal(here, space)
    let found = ~within & ~(letters & (letters << 1 | letterBefore)) & ~((spaces << 1 | spaceBefore) & ~blanks) & valid
    letterBefore = letters >> 63
    spaceBefore = spaces >> 63
    if (at == 0) found &= ~1
    for (; found != 0; found &= found - 1) {
      const next = at + <u32>ctz(found)
      if (next - start > longestWord) to = cut(to, start, next)
      to += 4
      store<u32>(to, next)
      start = next
    }
  }
  if (length - start > (last ? longestWord : surelyCut)) to = cut(to, start, length)
  if (last && length > 0) {
    to += 4
    store<u32>(to, length)
  }
  return <u32>(to - starts) >> 2
}

/** Starts within a run of letters that is too long. */
function cut(to: usize, start: u32, end: u32): usize {
  while (end - start > longestWord) {
    start += longestWord
    while (start < end && (load<u8>(input + start) & 0xc0) == 0x80) start++
    if (start == end) break
    to += 4
    store<u32>(to, start)
  }
  return to
}

// @ts-ignore: decorator
@inline
function classAt(at: usize): u32 {
  const point = pointAt(at)
  const known = <u32>load<u8>(classes + point)
  return known != 0 ? known : learnClass(point)
}

function learnClass(point: u32): u32 {
  const kind = classOf(point)
  store<u8>(classes + point, <u8>kind)
  return kind
}
