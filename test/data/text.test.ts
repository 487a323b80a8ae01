import { mkdirSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { UnrollError } from '@shared/errors'
import type { ExperimentInput } from '@shared/experiment/schema'
import { textPreviewSchema } from '@shared/rpc/schemas'
import { prepare } from '@main/data/prepare'
import { preview } from '@main/data/preview'
import { readText } from '@main/data/text/read-text'
import type { TextReading } from '@main/data/text/text-source'
import { Utf8Decoder } from '@main/data/text/utf8'
import { readTensors } from '@main/services/serve-data'
import { sharedMissing, sharedPath } from '../support/shared-folder'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
const prepareText = (name: string, rest: Partial<TextInput>) => prepare(experimentOn({ kind: 'text', source: name, ...rest }), folder, readTensors)
const characters: TextReading = { unit: 'char', lowerCase: false, normalise: 'none' }
type TextInput = Extract<ExperimentInput['data'], { kind: 'text' }>
const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

describe('a bad text is refused with its place', () => {
  test.each<[string, Uint8Array, string, number | undefined, number | undefined, RegExp]>([
    ['Latin-1', bytes('one\ntwo caf', [0xe9], ' au lait'), 'dataset.not-utf8', 2, 8, /line 2, column 8 \(byte 11 of the file\)/],
    ['a stray continuation byte', bytes('ab', [0x80]), 'dataset.not-utf8', 1, 3, /byte 0x80 at line 1, column 3/],
    ['an overlong slash', bytes([0xc0, 0xaf]), 'dataset.not-utf8', 1, 1, /0xC0/],
    ['an overlong three-byte form', bytes('x', [0xe0, 0x80, 0xaf]), 'dataset.not-utf8', 1, 2, /line 1, column 2/],
    ['a surrogate', bytes('x\ny', [0xed, 0xa0, 0x80]), 'dataset.not-utf8', 2, 2, /line 2, column 2/],
    ['a code point above U+10FFFF', bytes([0xf4, 0x90, 0x80, 0x80]), 'dataset.not-utf8', 1, 1, /line 1/],
    ['a character cut off by the end', bytes('é\n', [0xe2, 0x82]), 'dataset.not-utf8', 2, 1, /line 2, column 1/],
    ['UTF-16 LE', bytes([0xff, 0xfe, 0x61, 0x00]), 'dataset.not-utf8', 1, 1, /is UTF-16 \(little-endian\)/],
    ['UTF-16 BE', bytes([0xfe, 0xff, 0x00, 0x61]), 'dataset.not-utf8', 1, 1, /is UTF-16 \(big-endian\)/],
    ['a NUL', bytes('ok\nok', [0]), 'dataset.binary', 2, 3, /NUL byte at line 2, column 3 \(byte 5/],
    ['nothing', bytes(), 'dataset.empty', 1, 1, /is empty/],
    ['nothing but a byte order mark', bytes([0xef, 0xbb, 0xbf]), 'dataset.empty', 1, 1, /is empty/],
  ])('%s', async (_name, content, code, line, column, message) => {
    const path = write('bad.txt', content)
    for (const attempt of [() => preview(path, { kind: 'text', unit: 'char', encoding: 'utf-8' }), () => prepareText('bad.txt', { encoding: 'utf-8', validation: 0, test: 0 })]) {
      const error = await failureOf(attempt())
      expect(error).toMatchObject({ code, where: { file: path, line, column } })
      expect(error.message).toMatch(message)
      expect(error.hint).toBeTruthy()
    }
  })

  it('one character, which has no next one', async () => {
    write('one.txt', 'a')
    expect((await failureOf(prepareText('one.txt', { validation: 0, test: 0 }))).code).toBe('dataset.too-short')
  })

  it('a file that is not there, and a folder without texts', async () => {
    mkdirSync(join(folder, 'empty'))
    expect(await failureOf(prepareText('none.txt', { validation: 0, test: 0 }))).toMatchObject({ code: 'file.not-found' })
    expect(await failureOf(prepareText('empty', { validation: 0, test: 0 }))).toMatchObject({ code: 'dataset.empty', message: 'empty has no .txt or .md file; there is nothing to learn from.' })
  })

  it('parts that leave nothing to train on', async () => {
    write('ab.txt', 'abababab')
    expect((await failureOf(prepareText('ab.txt', { validation: 0.5, test: 0.5 }))).code).toBe('dataset.split')
  })

  it('a task that a text cannot be asked', async () => {
    write('ab.txt', 'abababab')
    const error = await failureOf(prepare(experimentOn({ kind: 'text', source: 'ab.txt' }, { task: { output: 'every-step', loss: 'mse' } }), folder, readTensors))
    expect(error).toMatchObject({ code: 'experiment.task', where: { parameter: 'task.loss' } })
  })
})

describe('reading UTF-8', () => {
  const whole = (content: Uint8Array, cut: number) => {
    const decoder = new Utf8Decoder('test.txt')
    const out = new Int32Array(content.length)
    let at = 0
    for (let from = 0; from < content.length; from += cut) at = decoder.decode(content.subarray(from, from + cut), out, at)
    decoder.end()
    return String.fromCodePoint(...out.subarray(0, at))
  }

  it('gives the same text however the chunks fall', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0') && !text.startsWith('\ufeff')), fc.integer({ min: 1, max: 7 }), (text, cut) => {
      expect(whole(Buffer.from(text), cut)).toBe(text)
    }))
  })

  it('refuses exactly what the platform’s own strict decoder refuses', () => {
    const awkward = fc.array(fc.constantFrom(0x61, 0x0a, 0x80, 0xbf, 0xc1, 0xc3, 0xe0, 0xa0, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f, 0xff), { maxLength: 8 }).map((list) => Uint8Array.from(list))
    const strict = new TextDecoder('utf-8', { fatal: true })
    fc.assert(fc.property(awkward, fc.integer({ min: 1, max: 3 }), (content, cut) => {
      let expected: string | null = null
      try {
        expected = strict.decode(content)
      } catch {
        expect(() => whole(content, cut)).toThrowError(UnrollError)
        return
      }
      expect(whole(content, cut)).toBe(expected)
    }), { numRuns: 2000 })
  })

  it('sorts the vocabulary by code point, beyond the basic plane too, and keeps line ends', async () => {
    const path = write('mixed.txt', bytes([0xef, 0xbb, 0xbf], 'b\r\n😀\uffee\u00e9a'))
    const { ids, symbols } = await readText(path, characters)
    expect(ids).toBeInstanceOf(Uint8Array)
    expect(symbols.map(({ symbol }) => symbol)).toEqual(['\n', '\r', 'a', 'b', 'é', '\uffee', '😀'])
    expect([...ids]).toEqual([3, 1, 0, 6, 5, 4, 2])
    expect(await preview(path, null)).toMatchObject({ kind: 'text', characters: 7, encoding: 'UTF-8 with byte order mark', start: 'b\r\n😀\uffeeéa' })
  })

  it('reads a file of several chunks whole', async () => {
    const text = 'abcdefghijé'.repeat(100_000)
    const path = write('long.txt', text)
    const seen: number[] = []
    const { ids, symbols } = await readText(path, characters, { onProgress: ({ bytes: read, totalBytes }) => seen.push(read / totalBytes) })
    expect(ids.length).toBe(1_100_000)
    expect(symbols.length).toBe(11)
    expect(symbols.every(({ count }) => count === 100_000)).toBe(true)
    expect(ids.every((id, index) => id === index % 11)).toBe(true)
    expect(seen.at(-1)).toBe(1)
    expect(textPreviewSchema.parse(await preview(path, null)).start.length).toBe(2000)
  })

  it('stops when cancelled', async () => {
    const path = write('long.txt', 'abcdefghij'.repeat(200_000))
    const controller = new AbortController()
    const error = await failureOf(readText(path, characters, { signal: controller.signal, onProgress: () => controller.abort() }))
    expect(error.code).toBe('import.cancelled')
    // The file is closed again: it can be opened for writing even where that locks.
    await (await open(path, 'r+')).close()
  })
})

describe('a text is split in time order', () => {
  it('into parts that are disjoint and together the whole', async () => {
    const fractions = fc.double({ min: 0, max: 0.45, noNaN: true })
    await fc.assert(fc.asyncProperty(fc.string({ minLength: 20, maxLength: 60, unit: fc.constantFrom('a', 'b', 'c', '\n') }), fractions, fractions, async (text, validation, held) => {
      write('split.txt', text)
      const { data, split, vocabulary } = await prepareText('split.txt', { validation, test: held })
      if (data.form !== 'tokens') throw new Error(data.form)
      const joined = [...data.train, ...data.validation, ...data.test].map((id) => vocabulary![id]).join('')
      expect(joined).toBe(text)
      expect(split.map(({ count }) => count)).toEqual([data.train.length, data.validation.length, data.test.length])
      expect(split.map(({ from, to }) => [from, to])).toEqual([[0, data.train.length], [data.train.length, data.train.length + data.validation.length], [text.length - data.test.length, text.length]])
    }), { numRuns: 60 })
  })

  it('names symbols that training never shows', async () => {
    write('unseen.txt', `${'ab'.repeat(20)}zz`)
    expect((await prepareText('unseen.txt', { validation: 0.05, test: 0 })).warnings).toEqual([expect.stringMatching(/1 of 3 symbols occur only in the held-out parts.*"z"/)])
  })

  it('and its baselines are counts of the training part, by hand', async () => {
    write('tiny.txt', 'aababaab')
    const { baselines } = await prepareText('tiny.txt', { validation: 0.5, test: 0 })
    // Training "aaba": a 3, b 1; pairs aa 1, ab 1, ba 1. Measured: "baab", of which a, a, b are predicted.
    const unigram = -(2 * Math.log(4 / 6) + Math.log(2 / 6)) / 3
    const bigram = -(Math.log(2 / 3) + Math.log(2 / 4) + Math.log(2 / 4)) / 3
    expect(baselines.find(({ name }) => name === 'Unigram')!.loss).toBeCloseTo(unigram, 12)
    expect(baselines.find(({ name }) => name === 'Bigram')!.loss).toBeCloseTo(bigram, 12)
  })

  it.skipIf(sharedMissing !== null)(`tiny-shakespeare has the baselines measured elsewhere${sharedMissing === null ? '' : ` (skipped: ${sharedMissing})`}`, async () => {
    const { baselines, data, length } = await prepare(experimentOn({ kind: 'text', source: 'tiny-shakespeare.txt', validation: 0.05, test: 0 }), sharedPath('data'), readTensors)
    expect(length).toBe(1_115_394)
    expect(data.form === 'tokens' && [data.vocabulary, data.train.length]).toEqual([65, 1_115_394 - 55_770])
    expect(baselines.find(({ name }) => name === 'Unigram')!.loss).toBeCloseTo(3.361, 3)
    expect(baselines.find(({ name }) => name === 'Bigram')!.loss).toBeCloseTo(2.478, 3)
    const text = await readFile(sharedPath('data/tiny-shakespeare.txt'), 'utf8')
    const { vocabulary } = await prepare(experimentOn({ kind: 'text', source: 'tiny-shakespeare.txt' }), sharedPath('data'), readTensors)
    expect(vocabulary).toEqual([...new Set(text)].sort())
  })
})
