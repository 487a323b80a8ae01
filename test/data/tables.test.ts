import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { ExperimentInput } from '@shared/experiment/schema'
import { prepare } from '@main/data/prepare'
import { preview } from '@main/data/preview'
import { numberIn } from '@main/data/series/cells'
import { readRows } from '@main/data/series/csv-rows'
import type { Delimiter } from '@main/data/series/dialect'
import { TableCells } from '@main/data/series/table-cells'
import { TableScanner } from '@main/data/series/table-scanner'
import { plainTime, timeIn } from '@main/data/series/times'
import { store } from '@main/data/store'
import { readTensors } from '@main/services/serve-data'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()

describe('our reader of tables', () => {
  /** Rows by our scanner, the bytes cut into pieces. */
  function scanned(content: string, delimiter: Delimiter, cut: number): string[][] {
    const rows: string[][] = []
    const scanner = new TableScanner('test.csv', { delimiter, header: false, decimalComma: false }, (cells) => { rows.push(cells.texts()) })
    const bytes = Buffer.from(content)
    // Cut between characters, as the files' chunks are.
    for (let from = 0; from < bytes.length;) {
      let to = Math.min(bytes.length, from + cut)
      while (to < bytes.length && (bytes[to]! & 0xc0) === 0x80) to++
      scanner.write(bytes.subarray(from, to))
      from = to
    }
    scanner.end()
    return rows
  }
  const delimiter = fc.constantFrom<Delimiter[]>(',', ';', '\t', '|')
  const lineEnd = fc.constantFrom('\n', '\r\n', '\r')

  it('gives what csv-parse gives on random tables, however the bytes fall', () => {
    const plain = fc.constantFrom('', 'a', '1.5', '-2e3', 'é漢', 'two words', ' padded ', '  ')
    const quoted = fc.array(fc.constantFrom('a', '""', ',', ';', '|', ' ', '\n', 'é', '1'), { maxLength: 5 }).map((parts) => `"${parts.join('')}"`)
    const spaced = fc.tuple(quoted, fc.boolean()).map(([cell, space]) => (space ? ` ${cell}  ` : cell))
    fc.assert(fc.property(fc.array(fc.array(fc.oneof(plain, quoted, spaced), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }), delimiter, lineEnd, fc.boolean(), fc.integer({ min: 1, max: 30 }), (rows, by, end, ended, cut) => {
      const content = rows.map((row) => row.map((cell) => (by === '\t' ? cell.trim() : cell)).join(by)).join(end) + (ended ? end : '')
      // csv-parse takes the first line end it meets for all of them, even one inside quotes.
      const expected = parse(content, { delimiter: by, record_delimiter: end, relax_column_count: true, skip_empty_lines: true, trim: by !== '\t' }) as string[][]
      expect(scanned(content, by, cut)).toEqual(expected)
    }), { numRuns: 1500 })
  })

  it('refuses the quotes that csv-parse refuses', () => {
    const piece = fc.constantFrom('"', 'a', ',', '\n', ' ', '""', '1')
    // csv-parse reads on after `"" ""`; a quoted cell has ended there.
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')).filter((text) => !/" +"/.test(text)), fc.integer({ min: 1, max: 12 }), (content, cut) => {
      let expected: string[][] | null = null
      try {
        expected = parse(content, { record_delimiter: '\n', relax_column_count: true, skip_empty_lines: true, trim: true }) as string[][]
      } catch {
        expect(() => scanned(content, ',', cut)).toThrowError(/[Qq]uote/)
        return
      }
      expect(scanned(content, ',', cut)).toEqual(expected)
    }), { numRuns: 2000 })
  })

  it('takes line ends as they come, mixed too, and knows every line', async () => {
    const path = write('mixed.csv', 'a,b\r\n1,"x\ny"\r\n\r\n2,z\n3,w\r4,v')
    const lines: [string[], number, number][] = []
    expect(await readRows(path, { delimiter: ',', header: true, decimalComma: false }, { names: () => {}, row: (cells, row, line) => { lines.push([cells, row, line]) } })).toBe(4)
    expect(lines).toEqual([[['1', 'x\ny'], 1, 3], [['2', 'z'], 2, 5], [['3', 'w'], 3, 6], [['4', 'v'], 4, 7]])
  })
})

describe('numbers in bytes', () => {
  const numberOf = (text: string, decimalComma: boolean) => {
    const cells = new TableCells(decimalComma)
    cells.bytes = Buffer.from(text)
    cells.add(0, cells.bytes.length, false)
    return cells.number(0)
  }

  it('are exactly those of Number, whatever is written', () => {
    const digits = fc.stringMatching(/^[0-9]{0,20}$/)
    const written = fc.tuple(fc.constantFrom('', '-', '+', ' '), digits, fc.constantFrom('', '.', ','), digits, fc.constantFrom('', 'e', 'E'), fc.constantFrom('', '-', '+'), fc.stringMatching(/^[0-9]{0,3}$/)).map((parts) => parts.join(''))
    const shown = fc.double({ noNaN: true }).map(String)
    fc.assert(fc.property(fc.oneof(written, shown, fc.constantFrom('', '.', '-', '1_000', '0x10', 'Infinity', '1e', '.5', '5.', '-0', '\u00a07')), fc.boolean(), (text, decimalComma) => {
      expect(numberOf(text, decimalComma)).toBe(numberIn(text, decimalComma))
    }), { numRuns: 5000 })
  })
})

describe('times', () => {
  test.each<[string, boolean, string]>([
    ['2024-03-31', false, '2024-03-31T00:00:00.000Z'], ['1749-01', false, '1749-01-01T00:00:00.000Z'], ['2024/3/1', false, '2024-03-01T00:00:00.000Z'],
    ['31.03.2024', false, '2024-03-31T00:00:00.000Z'], ['3/4/2024', false, '2024-03-04T00:00:00.000Z'], ['3/4/2024', true, '2024-04-03T00:00:00.000Z'],
    ['12/31/99 11:59 PM', false, '1999-12-31T23:59:00.000Z'], ['2024-03-31T12:00:00.25Z', false, '2024-03-31T12:00:00.250Z'], ['2024-03-31 12:00 +02:00', false, '2024-03-31T10:00:00.000Z'],
    ['2024-03-31 12:00', false, '2024-03-31T12:00:00.000Z'], ['12/31/2000 12:05 AM', false, '2000-12-31T00:05:00.000Z'],
  ])('%s', (text, dayFirst, expected) => {
    expect(new Date(timeIn(text, dayFirst)).toISOString()).toBe(expected)
  })

  it('are none where no calendar has them', () => {
    for (const text of ['2024-02-30', '2023-02-29', '2024-13-01', '2024-00-10', '31/31/2024', '2024-01-01 25:00', 'soon', '']) expect(timeIn(text, false)).toBeNaN()
  })

  it('straight from the bytes are the same', () => {
    const pad = (value: number) => String(value).padStart(2, '0')
    fc.assert(fc.property(fc.integer({ min: 1700, max: 2200 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }), fc.constantFrom('-', '/'), fc.constantFrom('', ' 12:30', 'T23:59:59'), (year, month, day, by, rest) => {
      const text = `${year}${by}${pad(month)}${by}${pad(day)}${rest}`
      expect(plainTime(Buffer.from(text), 0, text.length)).toBe(timeIn(text, false))
    }))
  })
})

type SeriesInput = Extract<ExperimentInput['data'], { kind: 'series' }>

describe('a stored series', () => {
  let stores = 0
  const series = (source: string, rest: Partial<SeriesInput> = {}) => experimentOn({ kind: 'series', columns: ['x'], target: ['x'], validation: 0.2, test: 0.2, ...rest, source })
  async function stored(source: string, rest: Partial<SeriesInput> = {}): Promise<string> {
    const name = `stored-${stores++}`
    mkdirSync(join(folder, name))
    await store(series(source, rest).data, join(folder, source), join(folder, name))
    return name
  }
  const table = Array.from({ length: 60 }, (_, row) => `2020-${String(1 + Math.floor(row / 28)).padStart(2, '0')}-${String(1 + row % 28).padStart(2, '0')};${(Math.sin(row) * 1e5).toFixed(7).replace('.', ',')};w${row % 3};${row}`)
  const content = `tag;x;wort;zahl\n${table.join('\n')}\n`

  it('trains as its source does, bit for bit, with any of its columns of numbers', async () => {
    write('source.csv', content)
    const name = await stored('source.csv', { time: 'tag' })
    for (const rest of [{ time: 'tag' }, { columns: ['x', 'zahl'], target: ['zahl'] }] as Partial<SeriesInput>[]) {
      expect(await prepare(series(name, rest), folder, readTensors)).toEqual(await prepare(series('source.csv', rest), folder, readTensors))
    }
    expect(await preview(join(folder, name), null)).toEqual(await preview(join(folder, 'source.csv'), { kind: 'series', columns: ['x'], target: ['x'], time: 'tag' }))
    expect(readdirSync(join(folder, name)).sort()).toEqual(['labels.txt', 'unroll-shards.json', 'values.npy'])
    expect(readFileSync(join(folder, name, 'values.npy')).length).toBe(128 + 60 * 2 * 8)
  })

  it('of many chunks is whole', async () => {
    write('long.csv', `t,x\n${Array.from({ length: 100_000 }, (_, row) => `${row},${row / 8}`).join('\n')}`)
    const { series: found } = await prepare(series(await stored('long.csv'), { scale: 'none' }), folder, readTensors)
    expect(found!.inputs.length).toBe(100_000)
    expect(found!.inputs.every((value, row) => value === row / 8)).toBe(true)
  })

  it('says what it lacks', async () => {
    write('lacks.csv', 't,x,y\n1,2,3\n2,,4\n3,5,\n4,6,7\n')
    const name = await stored('lacks.csv', { columns: ['t'], target: ['t'] })
    expect(await failureOf(prepare(series(name), folder, readTensors))).toMatchObject({ code: 'dataset.missing-value', message: expect.stringMatching(/row 2 of column "x"/) as string })
    expect(await failureOf(prepare(series(name, { columns: ['z'] }), folder, readTensors))).toMatchObject({ code: 'dataset.column-missing' })
    expect(await failureOf(prepare(series(name, { columns: ['t'], target: ['t'], time: 'y' }), folder, readTensors))).toMatchObject({ code: 'dataset.column-missing' })
    writeFileSync(join(folder, name, 'values.npy'), 'short')
    expect(await failureOf(prepare(series(name, { columns: ['t'], target: ['t'] }), folder, readTensors))).toMatchObject({ code: 'dataset.damaged' })
  })

  it('is read in its own encoding', async () => {
    write('latin.csv', Buffer.from('jahr;größe\n1;2,5\n2;3,5\n3;1,5\n', 'latin1'))
    write('wide.csv', Buffer.from('\ufeffjahr;größe\n1;2,5\n2;3,5\n3;1,5\n', 'utf16le'))
    for (const name of ['latin.csv', 'wide.csv']) {
      expect(await preview(join(folder, name), { kind: 'series' })).toMatchObject({ rows: 3, columns: [{ name: 'jahr' }, { name: 'größe', min: 1.5 }] })
    }
  })
})
