import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random } from '@main/engine/random'
import { Characters } from '@main/data/text/characters'
import { LineLengths } from '@main/data/text/line-lengths'
import type { Encoder, Tokeniser } from '@main/data/text/tokeniser'
import { wordsOf } from '@main/data/text/word-rule'
import { Words } from '@main/data/text/words'
import { countedLengths, lengthsOf } from '@main/data/lengths'

// What WebAssembly does with blocks of 64 bytes and chunks of any length, beside plain JavaScript over the whole text.

/** Stretches of several scripts, of blanks and signs of one byte to four, of runs longer than a block and than any word. */
const stretches = ['ab ', 'ab  .,\n\r\t', 'éñ a’\u00a0\u3000', 'жлд дж.', '漢字かな。 ', '😀𝒜a 𐍈\u0301', '\u0085\u2028\ufeff\u200b a', 'नमस्ते दुनिया।', 'مرحبا، بالعالم', 'x', '漢', '_\'9Z ', '\u{10ffff}\u{e000}\u00ad b', '\r\n']
const stretch = fc.oneof(
  fc.tuple(fc.constantFrom(...stretches), fc.array(fc.nat(20), { maxLength: 60 })).map(([letters, places]) => places.map((place) => Array.from(letters).at(place % Array.from(letters).length)!).join('')),
  fc.tuple(fc.constantFrom('x', '漢', 'é', ' ', '’', '.', '😀'), fc.nat(600)).map(([letter, times]) => letter.repeat(times)),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text.replaceAll('\0', ' ')).toString()),
)
const someText = fc.array(stretch, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''))
const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 50, max: 80 }), fc.integer({ min: 200, max: 4000 })), { minLength: 1, maxLength: 12 })

/** Cut after whole characters, of about these sizes in turn. */
function chunksOf(bytes: Uint8Array, lengths: number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(bytes.length, from + lengths[chunks.length % lengths.length]!)
    while (to < bytes.length && (bytes[to]! & 0xc0) === 0x80) to++
    chunks.push(bytes.subarray(from, to))
    from = to
  }
  return chunks
}

function encoded<A extends Uint8Array | Uint16Array | Int32Array>(encoder: Encoder, chunks: Uint8Array[], out: A): number[] {
  let at = 1
  for (const chunk of chunks) at = encoder.encode(chunk, out, at)
  return Array.from(out.subarray(1, encoder.flush(out, at)))
}

function counted(tokeniser: Tokeniser, chunks: Uint8Array[]) {
  for (const chunk of chunks) tokeniser.count(chunk)
  return tokeniser.symbols()
}

function occurrences(tokens: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
  return counts
}

describe('words', () => {
  /** By how often, of equally frequent ones those first that stand first. */
  const expected = (tokens: string[]) => [{ symbol: '\ufffd', count: 0 }, ...[...occurrences(tokens)].map(([symbol, count]) => ({ symbol, count })).sort((a, b) => b.count - a.count)]

  function check(text: string, lengths: number[]) {
    const bytes = Buffer.from(text)
    const chunks = chunksOf(bytes, lengths)
    const tokens = wordsOf(text)
    expect(tokens.join('')).toBe(text)
    const symbols = expected(tokens)
    const idOf = new Map(symbols.slice(1).map(({ symbol }, at) => [symbol, at + 1]))
    const ids = tokens.map((token) => idOf.get(token)!)
    const once = new Words()
    const provisional = encoded(once.learning, chunks, new Int32Array(bytes.length + 1))
    expect(once.symbols()).toEqual(symbols)
    expect(provisional.map((number) => once.ids[number])).toEqual(ids)
    const twice = new Words()
    expect(counted(twice, chunks)).toEqual(symbols)
    expect([once.length, twice.length]).toEqual([tokens.length, tokens.length])
    expect(encoded(twice, chunks, new Int32Array(bytes.length + 1))).toEqual(ids)
  }

  it('are those of the plain rule, wherever the chunks end', () => {
    fc.assert(fc.property(someText, sizes, check), { numRuns: 300 })
  })

  it('in one chunk that is longer than the kernels take at once', () => {
    check(Array.from({ length: 70_000 }, (_, at) => (at % 5 === 0 ? 'слово' : at % 7 === 0 ? 'interminableness' : `w${at * 7919 % 3000}`)).join(' '), [2 ** 30])
  })

  it('that begin alike for long, shorter ones after longer ones', () => {
    const random = new Random(1, 0)
    const words = Array.from({ length: 60 }, () => Array.from({ length: 240 }, () => Math.floor(random.uniform() * 10)).join(''))
      .flatMap((digits) => Array.from({ length: 240 }, (_, less) => `interminablenes${digits.slice(0, 240 - less)}`))
    check(words.join(' '), [100_000])
  })

  it('by the plain rule: a space belongs to what follows unless that is blank; runs are cut after 256 bytes, not within a character', () => {
    expect(wordsOf('  a .\u00a0 \n b')).toEqual([' ', ' a', ' .', '\u00a0', ' ', '\n', ' b'])
    expect(wordsOf(` ${'漢'.repeat(200)}`).map((word) => Buffer.byteLength(word))).toEqual([256, 258, 87])
  })

  it('after 2²⁰ different ones are the unknown word', () => {
    const words = new Words()
    const lines = Buffer.from(Array.from({ length: 2 ** 20 + 2 }, (_, at) => at.toString(36)).join('\n'))
    words.count(lines)
    words.count(Buffer.from('\n0'))
    const symbols = words.symbols()
    // The line end is one of them.
    expect([symbols.length, symbols[0], symbols[1], symbols[2]]).toEqual([2 ** 20 + 1, { symbol: '\ufffd', count: 3 }, { symbol: '\n', count: 2 ** 20 + 2 }, { symbol: '0', count: 2 }])
    const out = new Int32Array(10)
    expect([words.encode(Buffer.from('0\nzzzzzz '), out, 0), words.flush(out, 3), ...out.subarray(0, 5)]).toEqual([3, 4, 2, 1, 0, 0, 0])
  })
})

describe('characters', () => {
  it('are those of the plain rule, wherever the chunks end and however wide ids are', () => {
    fc.assert(fc.property(someText, sizes, (text, lengths) => {
      const bytes = Buffer.from(text)
      const chunks = chunksOf(bytes, lengths)
      const all = Array.from(text)
      const symbols = [...occurrences(all)].map(([symbol, count]) => ({ symbol, count })).sort((a, b) => a.symbol.codePointAt(0)! - b.symbol.codePointAt(0)!)
      const idOf = new Map(symbols.map(({ symbol }, id) => [symbol, id]))
      const characters = new Characters()
      expect(counted(characters, chunks)).toEqual(symbols)
      expect(characters.length).toBe(all.length)
      for (const Ids of [Uint16Array, Int32Array, ...symbols.length <= 256 ? [Uint8Array] : []]) {
        expect(encoded(characters, chunks, new Ids(bytes.length + 1))).toEqual(all.map((character) => idOf.get(character)))
      }
    }), { numRuns: 200 })
  })
})

describe('lengths of lines', () => {
  it('are those of the plain rule, also where a chunk ends within a character or between CR and LF', () => {
    const lineText = fc.array(fc.oneof(fc.constantFrom('a', 'é', '😀', '\n', '\r\n', '\r\n', '\r', 'x'.repeat(63)), stretch), { maxLength: 30 }).map((parts) => parts.join(''))
    fc.assert(fc.property(lineText, fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 200 })), { minLength: 1, maxLength: 9 }), (text, cuts) => {
      const bytes = Buffer.from(text)
      const lengths = new LineLengths()
      for (let from = 0, turn = 0; from < bytes.length; from += cuts[turn++ % cuts.length]!) lengths.add(bytes.subarray(from, from + cuts[turn % cuts.length]!))
      const lines = text.split('\n')
      const ended = lines.slice(0, -1).map((line) => Array.from(line.replace(/\r$/, '')).length)
      const begun = lines.at(-1) === '' ? [] : [Array.from(lines.at(-1)!).length]
      expect(lengths.lengths).toEqual(lengthsOf(countedLengths([...ended, ...begun])))
    }), { numRuns: 300 })
  })
})
