import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { ExperimentInput } from '@shared/experiment/schema'
import { prepare } from '@main/data/prepare'
import { preview } from '@main/data/preview'
import { store } from '@main/data/store'
import { readManifest } from '@main/data/shards/manifest'
import { readText } from '@main/data/text/read-text'
import { loadText } from '@main/data/text/store-text'
import { textSymbols } from '@main/data/text/text-symbols'
import { wordsOf } from '@main/data/text/word-rule'
import { readTensors } from '@main/services/serve-data'
import { SymbolTable } from '@main/services/models/symbol-table'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
type TextInput = Extract<ExperimentInput['data'], { kind: 'text' }>
const text = (source: string, rest: Partial<TextInput> = {}) => experimentOn({ kind: 'text', source, validation: 0.2, test: 0.1, ...rest })
const prepared = (source: string, rest: Partial<TextInput> = {}) => prepare(text(source, rest), folder, readTensors)
const reading = (rest: Partial<TextInput> = {}) => ({ unit: 'char' as const, lowerCase: false, normalise: 'none' as const, ...rest })
async function whole(source: string, rest: Partial<TextInput> = {}): Promise<string> {
  const { data, vocabulary } = await prepared(source, { validation: 0, test: 0, vocabularySize: 100_000, ...rest })
  return data.form === 'tokens' ? Array.from(data.train, (id) => vocabulary![id]).join('') : ''
}

/** Text without NUL, lone surrogates and a leading byte order mark: what a text file may hold. */
const anyText = fc.string({ unit: fc.oneof(fc.constantFrom(' ', '\n', 'a', 'é', 'Σ', '\u0301', 'ﬁ', '’', '.', '漢'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), minLength: 2, maxLength: 60 })
  .filter((each) => !each.includes('\0') && !each.startsWith('\ufeff') && Buffer.from(each).toString() === each)

describe('words', () => {
  it('are runs of letters, with the space before them; signs and blanks stand alone', () => {
    expect(wordsOf('Don’t stop, now!\n\n  It\'s 3.5 km_h — naïve.')).toEqual(['Don’t', ' stop', ',', ' now', '!', '\n', '\n', ' ', ' It\'s', ' 3', '.', '5', ' km_h', ' —', ' naïve', '.'])
  })

  it('put together are the text, however the file is cut into chunks', async () => {
    await fc.assert(fc.asyncProperty(anyText, fc.integer({ min: 1, max: 40 }), async (each, times) => {
      const long = each.repeat(times)
      write('words.txt', long)
      expect(wordsOf(long).join('')).toBe(long)
      const { ids, symbols } = await readText(join(folder, 'words.txt'), reading({ unit: 'word' }))
      expect(Array.from(ids, (id) => symbols[id]!.symbol)).toEqual(wordsOf(long))
      symbols.forEach(({ symbol, count }) => expect(count).toBe(wordsOf(long).filter((word) => word === symbol).length || 0))
    }), { numRuns: 100 })
  })

  it('past the end of a chunk too, and a run of letters without end is cut', async () => {
    const long = `${'wörd, '.repeat(60_000)}${'x'.repeat(1000)} end`
    write('long.txt', long)
    expect(await whole('long.txt', { unit: 'word' })).toBe(long)
    expect(Math.max(...wordsOf(long).map((word) => Buffer.byteLength(word)))).toBe(256)
  })

  it('have a vocabulary of the training part’s most frequent ones; the rest is unknown, and said to be', async () => {
    write('limit.txt', `${'a b b c c c '.repeat(10)}d d d d d d d d d d d d d d d d`)
    const { data, vocabulary, inputSize, warnings } = await prepared('limit.txt', { unit: 'word', vocabularySize: 4 })
    // Training ends before d; a stands first among the text's words, without a space before it.
    expect(vocabulary).toEqual(['\ufffd', ' c', ' b', ' a'])
    if (data.form !== 'tokens') throw new Error(data.form)
    expect([inputSize, data.vocabulary, data.train[0], data.train[1], data.test.every((id) => id === 0)]).toEqual([4, 4, 0, 2, true])
    expect(warnings).toEqual([expect.stringMatching(/^The 4 words of the vocabulary leave out 1\.9 % of the training part and \d+\.\d % of the held-out parts/)])
  })

  it('nothing of training changes when held-out words do', async () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    await fc.assert(fc.asyncProperty(fc.array(word, { minLength: 14, maxLength: 14 }), fc.array(word, { minLength: 6, maxLength: 6 }), fc.integer({ min: 2, max: 6 }), async (list, other, vocabularySize) => {
      write('one.txt', [...list, ...new Array<string>(6).fill('z')].join(' '))
      write('two.txt', [...list, ...other].join(' '))
      const [one, two] = await Promise.all(['one.txt', 'two.txt'].map((name) => prepared(name, { unit: 'word', vocabularySize })))
      expect(two!.vocabulary).toEqual(one!.vocabulary)
      expect(two!.data.form === 'tokens' && two!.data.train).toEqual(one!.data.form === 'tokens' && one!.data.train)
    }), { numRuns: 50 })
  })

  it('of a prompt are found as those of the text were, unknown ones too', async () => {
    write('prompt.txt', 'The cat sat. The dog sat.\n'.repeat(5))
    const { vocabulary } = await prepared('prompt.txt', { unit: 'word', lowerCase: true })
    const spec = text('prompt.txt', { unit: 'word', lowerCase: true }).data
    const table = new SymbolTable(vocabulary!, textSymbols(spec as Extract<typeof spec, { kind: 'text' }>), true)
    expect(table.decode(table.encode('The CAT sat on. The'))).toBe('the cat sat\ufffd. the')
  })
})

describe('bytes', () => {
  it('are taken as they are, NULs and all', async () => {
    write('bytes.bin', Buffer.from([0, 255, 65, 0xc3, 0xa9, 10, 0, 1]))
    const { data, inputSize, vocabulary } = await prepared('bytes.bin', { unit: 'byte', validation: 0, test: 0 })
    if (data.form !== 'tokens') throw new Error(data.form)
    expect([...data.train]).toEqual([0, 255, 65, 0xc3, 0xa9, 10, 0, 1])
    expect([inputSize, vocabulary![65], vocabulary![255]]).toEqual([256, 'A', '0xFF'])
    const spec = text('x', { unit: 'byte' }).data
    const table = new SymbolTable(vocabulary!, textSymbols(spec as Extract<typeof spec, { kind: 'text' }>))
    expect([...table.encode('Aé')]).toEqual([65, 0xc3, 0xa9])
    expect(table.decode([65, 0xc3, 0xa9])).toBe('Aé')
  })
})

describe('encodings', () => {
  const utf16be = (content: string) => Buffer.from(content, 'utf16le').swap16()
  test.each<[string, Uint8Array, string, string]>([
    ['UTF-8', Buffer.from('naïve – “quoted”'), 'UTF-8', 'naïve – “quoted”'],
    ['UTF-8 with mark', Buffer.from('\ufeffnaïve'), 'UTF-8 with byte order mark', 'naïve'],
    ['UTF-16 LE with mark', Buffer.from('\ufeffnaïve 😀\n', 'utf16le'), 'UTF-16 (little-endian) with byte order mark', 'naïve 😀\n'],
    ['UTF-16 BE with mark', utf16be('\ufeffnaïve 😀\n'), 'UTF-16 (big-endian) with byte order mark', 'naïve 😀\n'],
    ['UTF-16 LE without', Buffer.from('plain English text', 'utf16le'), 'UTF-16 (little-endian)', 'plain English text'],
    ['UTF-16 BE without', utf16be('plain English text'), 'UTF-16 (big-endian)', 'plain English text'],
    ['Windows-1252', Buffer.from([0x93, 0x6e, 0x61, 0xef, 0x76, 0x65, 0x94, 0x20, 0x80, 0x35]), 'Windows-1252', '“naïve” €5'],
  ])('%s is found, shown and read', async (_name, content, encoding, expected) => {
    const path = write('encoded.txt', content)
    expect(await preview(path, { kind: 'text', unit: 'char' })).toMatchObject({ encoding, start: expected, characters: Array.from(expected).length })
    expect(await whole('encoded.txt')).toBe(expected)
  })

  it('a guess is said, and another can be chosen', async () => {
    write('guess.txt', Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x20, 0x80, 0x85]))
    expect((await prepared('guess.txt', { validation: 0, test: 0 })).warnings[0]).toMatch(/^guess\.txt has no byte order mark and isn't UTF-8; it was read as Windows-1252/)
    expect(await whole('guess.txt')).toBe('café €…')
    expect(await whole('guess.txt', { encoding: 'iso-8859-1' })).toBe('caf\u00e9 \u0080\u0085')
    expect(await failureOf(prepared('guess.txt', { encoding: 'utf-8' }))).toMatchObject({ code: 'dataset.not-utf8' })
  })

  test.each<[string, Uint8Array, TextInput['encoding'], string, number, number, RegExp]>([
    ['UTF-8 broken in one place stays UTF-8', Buffer.concat([Buffer.from('é é é\né '), Buffer.from([0xe9, 0x20])]), undefined, 'dataset.not-utf8', 2, 4, /line 2, column 4/],
    ['a lone surrogate', Buffer.concat([Buffer.from('\ufeffab\ncd', 'utf16le'), Buffer.from([0, 0xdc])]), undefined, 'dataset.encoding', 2, 3, /lone surrogate 0xDC00 at line 2, column 3/],
    ['half a unit at the end', Buffer.concat([Buffer.from('\ufeffab', 'utf16le'), Buffer.from([65])]), undefined, 'dataset.encoding', 1, 3, /half a character/],
    ['a byte that Windows-1252 leaves open', Buffer.from([0x61, 0x0a, 0x81]), 'windows-1252', 'dataset.encoding', 2, 1, /byte 0x81 at line 2, column 1/],
    ['a NUL in UTF-16', Buffer.from('\ufeffa\0', 'utf16le'), undefined, 'dataset.binary', 1, 2, /NUL character/],
    ['random bytes', Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 7919 + 13) % 256)), undefined, 'dataset.not-utf8', 1, 2, /isn't UTF-8/],
  ])('%s is refused with its place', async (_name, content, encoding, code, line, column, message) => {
    write('broken.txt', content)
    const error = await failureOf(prepared('broken.txt', encoding === undefined ? {} : { encoding }))
    expect(error).toMatchObject({ code, where: { line, column } })
    expect(error.message).toMatch(message)
    expect(error.hint).toBeTruthy()
  })

  it('any text comes back from any encoding that has its characters', async () => {
    await fc.assert(fc.asyncProperty(anyText, fc.constantFrom('utf-16le' as const, 'utf-16be' as const), async (each, encoding) => {
      write('any.txt', encoding === 'utf-16le' ? Buffer.from(each, 'utf16le') : utf16be(each))
      expect(await whole('any.txt', { encoding })).toBe(each)
    }), { numRuns: 100 })
  })
})

describe('lower case and normal forms', () => {
  it('are those of the whole text', async () => {
    await fc.assert(fc.asyncProperty(anyText, fc.boolean(), fc.constantFrom('none' as const, 'NFC' as const, 'NFD' as const, 'NFKC' as const, 'NFKD' as const), async (each, lowerCase, normalise) => {
      write('form.txt', each)
      const lower = lowerCase ? each.toLowerCase() : each
      expect(await whole('form.txt', { lowerCase, normalise })).toBe(normalise === 'none' ? lower : lower.normalize(normalise))
    }), { numRuns: 200 })
  })

  it('across the chunks of a long file', async () => {
    const long = 'ΟΔΟΣ É e\u0301 ﬁn\n'.repeat(60_000)
    write('form.txt', long)
    expect(await whole('form.txt', { lowerCase: true, normalise: 'NFKC' })).toBe(long.toLowerCase().normalize('NFKC'))
  })
})

describe('a folder', () => {
  it('is its texts in the order of their paths, each beginning a line, without following links', async () => {
    const at = join(folder, 'novels')
    mkdirSync(join(at, 'two'), { recursive: true })
    writeFileSync(join(at, 'b.txt'), 'second')
    writeFileSync(join(at, 'a.md'), Buffer.from('\ufefffirst', 'utf16le'))
    writeFileSync(join(at, 'two', 'c.TXT'), 'third\n')
    writeFileSync(join(at, 'two', 'd.txt'), 'fourth')
    writeFileSync(join(at, '.hidden.txt'), 'no')
    writeFileSync(join(at, 'picture.png'), 'no')
    symlinkSync(at, join(at, 'two', 'loop'))
    expect(await whole('novels')).toBe('first\nsecond\nthird\nfourth')
    expect(await preview(at, { kind: 'text', unit: 'char' })).toMatchObject({ encoding: 'UTF-16 (little-endian) with byte order mark (1 file), UTF-8 (3 files)' })
    writeFileSync(join(at, 'two', 'd.txt'), Buffer.from([0xc3, 0xa9, 0xff, 0xc3, 0xa9]))
    expect(await failureOf(prepared('novels'))).toMatchObject({ code: 'dataset.not-utf8', where: { file: join(at, 'two', 'd.txt'), line: 1, column: 3 } })
  })
})

describe('a stored text', () => {
  let stores = 0
  async function stored(source: string, rest: Partial<TextInput> = {}): Promise<string> {
    const name = `stored-${stores++}`
    mkdirSync(join(folder, name))
    await store(text(source, rest).data, join(folder, source), join(folder, name))
    return name
  }

  it('trains as its source does, whatever its unit', async () => {
    write('source.txt', 'Grüße aus dem Süden, überall Grüße.\n'.repeat(40))
    for (const rest of [{}, { unit: 'byte' as const }, { unit: 'word' as const, vocabularySize: 5 }, { lowerCase: true }, { normalise: 'NFD' as const }]) {
      const [fromSource, fromShards] = [await prepared('source.txt', rest), await prepared(await stored('source.txt', rest), rest)]
      expect(fromShards).toEqual(fromSource)
    }
  })

  it('is what numpy maps: little-endian .npy in the narrowest type, with the hash of its source', async () => {
    write('narrow.txt', 'abcabc')
    write('wide.txt', Array.from({ length: 300 }, (_, at) => String.fromCodePoint(0x4e00 + at)).join(''))
    const [narrow, wide] = [await stored('narrow.txt'), await stored('wide.txt')]
    const file = readFileSync(join(folder, narrow, 'tokens.npy'))
    expect(file.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\x00', 'latin1'))
    expect([file.readUInt16LE(8), file.length]).toEqual([118, 128 + 6])
    expect(file.subarray(10, 128).toString().trimEnd()).toBe('{\'descr\': \'|u1\', \'fortran_order\': False, \'shape\': (6,), }')
    expect([...file.subarray(128)]).toEqual([0, 1, 2, 0, 1, 2])
    const manifest = JSON.parse(readFileSync(join(folder, wide, 'unroll-shards.json'), 'utf8')) as { tokens: unknown; source: unknown }
    expect(manifest.tokens).toEqual({ file: 'tokens.npy', type: '<u2', shape: [300] })
    expect(manifest.source).toMatchObject({ name: 'wide.txt', bytes: 900, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
    expect(readdirSync(join(folder, wide)).sort()).toEqual(['symbols.json', 'tokens.npy', 'unroll-shards.json'])
  })

  it('shows itself without its source', async () => {
    const path = write('shown.txt', `${'abc déf '.repeat(1000)}\n`)
    const name = await stored('shown.txt')
    expect(await preview(join(folder, name), null)).toEqual(await preview(path, null))
  })

  it('that was cut short, exchanged or stored otherwise is refused', async () => {
    write('intact.txt', 'abcabc'.repeat(20))
    const name = await stored('intact.txt')
    expect(await failureOf(prepared(name, { unit: 'word' }))).toMatchObject({ code: 'dataset.stored-otherwise', where: { parameter: 'data.unit' } })
    const tokens = join(folder, name, 'tokens.npy')
    const content = readFileSync(tokens)
    for (const other of [content.subarray(0, -1), Buffer.concat([content, content]), Buffer.concat([Buffer.alloc(128), content.subarray(128)])]) {
      writeFileSync(tokens, other)
      expect((await failureOf(prepared(name))).code).toBe('dataset.damaged')
    }
    writeFileSync(join(folder, name, 'unroll-shards.json'), '{')
    expect((await failureOf(prepared(name))).code).toBe('dataset.damaged')
  })

  test.each([['|u1', 100], ['<u2', 20_000], ['<i4', 200_000]])('in %s is, by word, what a map numbers', async (type, different) => {
    // More than is written at once; words that share their first bytes, and some longer than what is compared at once.
    const words = Array.from({ length: 550_000 }, (_, at) => `${at % 3 === 0 ? 'interminable' : at % 3 === 1 ? 'é' : ''}${at * 7919 % Math.floor(different / 3)}`)
    const path = write('numbered.txt', words.join(' '))
    const name = await stored('numbered.txt', { unit: 'word' })
    const tokens = wordsOf(words.join(' '))
    const counts = new Map<string, number>()
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
    const symbols = [{ symbol: '\ufffd', count: 0 }, ...[...counts].map(([symbol, count]) => ({ symbol, count })).sort((a, b) => b.count - a.count)]
    const idOf = new Map(symbols.map(({ symbol }, id) => [symbol, id]))
    const manifest = await readManifest(join(folder, name))
    if (manifest?.kind !== 'text') throw new Error(name)
    expect(manifest.tokens).toEqual({ file: 'tokens.npy', type, shape: [tokens.length] })
    for (const { ids, symbols: found } of [await loadText(join(folder, name), manifest), await readText(path, reading({ unit: 'word' }))]) {
      expect(found).toEqual(symbols)
      expect(ids.length).toBe(tokens.length)
      expect(tokens.findIndex((token, at) => idOf.get(token) !== ids[at])).toBe(-1)
    }
  })

  it('by word tells its progress up to the end, and can be cancelled while it is numbered again', async () => {
    write('progress.txt', 'some words '.repeat(400_000))
    const done: number[] = []
    mkdirSync(join(folder, 'progress'))
    await store(text('x', { unit: 'word' }).data, join(folder, 'progress.txt'), join(folder, 'progress'), { onProgress: ({ bytes, totalBytes }) => done.push(bytes / totalBytes) })
    expect(done).toEqual([...done].sort((a, b) => a - b))
    expect(done.at(-1)).toBe(1)
    const controller = new AbortController()
    mkdirSync(join(folder, 'progress-cancelled'))
    const storing = store(text('x', { unit: 'word' }).data, join(folder, 'progress.txt'), join(folder, 'progress-cancelled'), { signal: controller.signal, onProgress: ({ bytes, totalBytes }) => { if (bytes > 0.9 * totalBytes) controller.abort() } })
    expect((await failureOf(storing)).code).toBe('import.cancelled')
    expect(readdirSync(join(folder, 'progress-cancelled'))).toEqual(['tokens.npy'])
  })

  it('has no manifest when its import was cancelled or failed', async () => {
    write('cancelled.txt', 'abcdefghij'.repeat(200_000))
    mkdirSync(join(folder, 'cancelled'))
    const controller = new AbortController()
    const storing = store(text('x').data, join(folder, 'cancelled.txt'), join(folder, 'cancelled'), { signal: controller.signal, onProgress: ({ bytes }) => { if (bytes > 1_500_000) controller.abort() } })
    expect((await failureOf(storing)).code).toBe('import.cancelled')
    expect(readdirSync(join(folder, 'cancelled'))).toEqual(['tokens.npy'])
  })
})
