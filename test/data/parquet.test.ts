import { brotliCompressSync, gzipSync } from 'node:zlib'
import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer'
import { describe, expect, it, test } from 'vitest'
import type { ExperimentInput } from '@shared/experiment/schema'
import { previewSchema } from '@shared/rpc/schemas'
import { decompress } from '@main/data/parquet/decompress'
import { readHybrid } from '@main/data/parquet/levels'
import { readParquet } from '@main/data/parquet/read-parquet'
import { prepare } from '@main/data/prepare'
import { preview } from '@main/data/preview'
import { store } from '@main/data/store'
import { readTensors } from '@main/services/serve-data'
import { experimentSchema } from '@shared/experiment/schema'
import { temporaryFolder } from '../support/temporary-folder'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
type Options = Omit<Parameters<typeof parquetWriteBuffer>[0], 'columnData'>
const parquet = (name: string, columnData: ColumnSource[], options: Options = {}) => write(name, new Uint8Array(parquetWriteBuffer({ columnData, ...options })))

/** Every cell as text, and as a number. */
async function cellsOf(path: string): Promise<{ names: string[]; texts: string[][]; numbers: number[][] }> {
  const found = { names: [] as string[], texts: [] as string[][], numbers: [] as number[][] }
  const rows = await readParquet(path, {
    names: (names) => { found.names = names },
    row(cells) {
      found.texts.push(cells.texts())
      found.numbers.push(found.names.map((_, field) => cells.number(field)))
    },
  })
  expect(rows).toBe(found.texts.length)
  return found
}

describe('Parquet files', () => {
  it('are read type by type', async () => {
    const path = parquet('types.parquet', [
      { name: 'double', data: [1.5, null, -2e300], type: 'DOUBLE' },
      { name: 'float', data: [0.25, 3, null], type: 'FLOAT' },
      { name: 'whole', data: [1, -2, 3], type: 'INT32' },
      { name: 'long', data: [9007199254740993n, -1n, null], type: 'INT64' },
      { name: 'yes', data: [true, false, null], type: 'BOOLEAN' },
      { name: 'word', data: ['naïve', '', null], type: 'STRING' },
      { name: 'when', data: [new Date('2024-03-31T12:00:00Z'), new Date('1969-12-31T23:59:59.250Z'), null], type: 'TIMESTAMP' },
      { name: 'id', data: ['123e4567-e89b-12d3-a456-426614174000', null, null], type: 'UUID' },
      { name: 'half', data: [1.5, -0.5, null], type: 'FLOAT16' },
    ])
    const { names, texts, numbers } = await cellsOf(path)
    expect(names).toEqual(['double', 'float', 'whole', 'long', 'yes', 'word', 'when', 'id', 'half'])
    expect(texts).toEqual([
      ['1.5', '0.25', '1', '9007199254740993', 'true', 'naïve', '2024-03-31 12:00:00', '123e4567-e89b-12d3-a456-426614174000', '1.5'],
      ['', '3', '-2', '-1', 'false', '', '1969-12-31 23:59:59.25', '', '-0.5'],
      ['-2e+300', '', '3', '', '', '', '', '', ''],
    ])
    // What float32 can't hold is no number to the engine.
    expect(numbers.map((row) => row.slice(0, 5))).toEqual([[1.5, 0.25, 1, 9007199254740992, 1], [NaN, 3, -2, -1, 0], [NaN, NaN, 3, NaN, NaN]])
  })

  it('with decimals, dates and unsigned numbers', async () => {
    const path = parquet('schema.parquet', [{ name: 'price', data: [123.45, -0.05] }, { name: 'day', data: [new Date(0), new Date('2024-03-31')] }, { name: 'count', data: [4294967295, 7] }], {
      schema: [
        { name: 'root', num_children: 3 },
        { name: 'price', type: 'INT32', repetition_type: 'REQUIRED', converted_type: 'DECIMAL', scale: 2, precision: 9 },
        { name: 'day', type: 'INT32', repetition_type: 'REQUIRED', converted_type: 'DATE' },
        { name: 'count', type: 'INT32', repetition_type: 'REQUIRED', converted_type: 'UINT_32' },
      ],
    })
    const { texts } = await cellsOf(path)
    expect(texts.map((row) => row[1])).toEqual(['1970-01-01', '2024-03-31'])
    expect(texts.map((row) => row[2])).toEqual(['4294967295', '7'])
    expect(texts.map((row) => row[0])).toEqual(['123.45', '-0.05'])
  })

  const random = (count: number) => Array.from({ length: count }, (_, row) => Math.round(1000 * Math.sin(row * row)) / 8 || 0)
  const encodings: [name: string, ColumnSource][] = [
    ['plain doubles', { name: 'x', data: random(3000), type: 'DOUBLE', encoding: 'PLAIN' }],
    ['a dictionary', { name: 'x', data: Array.from({ length: 3000 }, (_, row) => row % 7), type: 'DOUBLE', encoding: 'RLE_DICTIONARY' }],
    ['a dictionary of texts', { name: 'x', data: Array.from({ length: 3000 }, (_, row) => `w${row % 300}`), type: 'STRING', encoding: 'RLE_DICTIONARY' }],
    ['differences of whole numbers', { name: 'x', data: Array.from({ length: 3000 }, (_, row) => row * row % 977), type: 'INT32', encoding: 'DELTA_BINARY_PACKED' }],
    ['differences of long numbers', { name: 'x', data: Array.from({ length: 3000 }, (_, row) => BigInt(row) ** 5n - 10n ** 15n), type: 'INT64', encoding: 'DELTA_BINARY_PACKED' }],
    ['texts behind their lengths', { name: 'x', data: Array.from({ length: 3000 }, (_, row) => 'ab'.repeat(row % 9)), type: 'STRING', encoding: 'DELTA_LENGTH_BYTE_ARRAY' }],
    ['texts that share beginnings', { name: 'x', data: Array.from({ length: 3000 }, (_, row) => `prefix ${row}`), type: 'STRING', encoding: 'DELTA_BYTE_ARRAY' }],
    ['streams of bytes', { name: 'x', data: random(3000), type: 'FLOAT', encoding: 'BYTE_STREAM_SPLIT' }],
    ['booleans', { name: 'x', data: Array.from({ length: 3000 }, (_, row) => row % 3 === 0), type: 'BOOLEAN' }],
    ['missing ones', { name: 'x', data: random(3000).map((value, row) => (row % 5 === 0 ? null : value)), type: 'DOUBLE' }],
    ['missing ones in a dictionary', { name: 'x', data: Array.from({ length: 3000 }, (_, row) => (row % 5 === 0 ? null : row % 11)), type: 'INT32', encoding: 'RLE_DICTIONARY' }],
    ['nothing at all', { name: 'x', data: new Array<null>(50).fill(null), type: 'DOUBLE', nullable: true }],
  ]
  test.each(encodings)('values written as %s come back, over pages and row groups', async (_name, column) => {
    for (const options of [{}, { pageSize: 500, rowGroupSize: 700 }, { codec: 'UNCOMPRESSED' as const, rowGroupSize: 1 << 20 }]) {
      const { texts } = await cellsOf(parquet('encoded.parquet', [column], options))
      const written = (value: unknown) => (value === null ? '' : typeof value === 'bigint' || typeof value === 'number' ? String(column.type === 'FLOAT' ? Math.fround(Number(value)) : value) : String(value))
      expect(texts.map(([cell]) => cell)).toEqual(Array.from(column.data as unknown[], written))
    }
  })

  const compressors: [codec: 'GZIP' | 'BROTLI' | 'ZSTD' | 'LZ4_RAW', pack: ((bytes: Uint8Array) => Uint8Array) | null][] = [
    ['GZIP', (bytes) => gzipSync(bytes)], ['BROTLI', (bytes) => brotliCompressSync(bytes)], ['LZ4_RAW', lz4Literals],
    ['ZSTD', ((zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array }).zstdCompressSync) ?? zstdRaw],
  ]
  test.each(compressors)('compressed by %s', async (codec, pack) => {
    const data = random(2000)
    const { texts } = await cellsOf(parquet('packed.parquet', [{ name: 'x', data, type: 'DOUBLE' }], { codec, compressors: { [codec]: pack! } }))
    expect(texts.map(([cell]) => Number(cell))).toEqual(data)
  })

  it('make the same series as the same table of text, stored or not', async () => {
    const rows = Array.from({ length: 400 }, (_, row) => ({ day: new Date(Date.UTC(2020, 0, 1 + row)), shop: `s${row % 3}`, sales: 100 + (row * 37) % 91, open: row % 7 !== 0 }))
    write('shops.csv', `day,shop,sales,open\n${rows.map(({ day, shop, sales, open }) => `${day.toISOString().slice(0, 19).replace('T', ' ')},${shop},${sales},${Number(open)}`).join('\n')}\n`)
    const path = parquet('shops.parquet', (['day', 'shop', 'sales', 'open'] as const).map((name) => ({ name, data: rows.map((row) => row[name]), type: ({ day: 'TIMESTAMP', shop: 'STRING', sales: 'INT64', open: 'BOOLEAN' } as const)[name] })).map((column) => (column.name === 'sales' ? { ...column, data: column.data.map((value) => BigInt(value as number)) } : column)), { rowGroupSize: 90 })
    const spec = (source: string): Extract<ExperimentInput['data'], { kind: 'series' }> => ({ kind: 'series', source, columns: ['sales', 'open'], target: ['sales'], time: 'day', key: 'shop', calendar: ['weekday'] })
    const [fromText, fromParquet] = await Promise.all(['shops.csv', 'shops.parquet'].map((source) => prepare(experimentOn(spec(source)), folder, readTensors)))
    expect(fromParquet).toEqual(fromText)
    const into = temporaryFolder()
    const progress: number[] = []
    const data = experimentSchema.shape.data.parse(spec('shops.parquet'))
    const manifest = await store(data, path, into, { onProgress: ({ rows: read }) => progress.push(read) })
    expect(manifest.source.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(progress.at(-1)).toBe(400)
    expect((await prepare(experimentOn(spec(into)), folder, readTensors)).data).toEqual(fromText!.data)
  })

  it('are previewed: a series where there are numbers, else records', async () => {
    const day = Array.from({ length: 30 }, (_, row) => new Date(Date.UTC(2020, 0, 1 + row)))
    const series = previewSchema.parse(await preview(parquet('s.parquet', [{ name: 'day', data: day, type: 'TIMESTAMP' }, { name: 'x', data: day.map((_, row) => row % 5 + 0.5), type: 'DOUBLE' }]), null))
    expect(series).toMatchObject({ kind: 'series', rows: 30, delimiter: 'parquet', chosen: { columns: ['x'], target: ['x'], time: 'day' }, curve: { firstTime: '2020-01-01 00:00:00', lastTime: '2020-01-30 00:00:00' } })
    const words = Array.from({ length: 40 }, (_, row) => `word ${row}`)
    const records = previewSchema.parse(await preview(parquet('r.parquet', [{ name: 'text', data: words, type: 'STRING' }, { name: 'label', data: words.map((_, row) => (row % 2 === 0 ? 'even' : 'odd')), type: 'STRING' }]), null))
    expect(records).toMatchObject({ kind: 'records', records: 40, delimiter: 'parquet', chosen: { sequence: 'text', target: 'label', targetIs: 'class' } })
    const { data, classes } = await prepare(experimentOn({ kind: 'records', source: 'r.parquet', sequence: 'text', label: 'label' }, { task: { output: 'last-step', loss: 'cross-entropy' } }), folder, readTensors)
    expect([data.form, classes]).toEqual(['sequences', ['even', 'odd']])
  })

  it('without a name of their own are known by what they begin and end with', async () => {
    const { series } = await prepare(experimentOn({ kind: 'series', source: 'table', columns: ['x'], target: ['x'] }), (parquet('table', [{ name: 'x', data: random(50), type: 'DOUBLE' }]), folder), readTensors)
    expect(series!.values).toHaveLength(50)
  })

  it('with lists: the others are read, and a list that is asked for is named', async () => {
    parquet('nested.parquet', [{ name: 'x', data: random(50) }, { name: 'list', data: random(50).map((value) => [value, value]) }, { name: 'y', data: random(50) }], {
      schema: [
        { name: 'root', num_children: 3 }, { name: 'x', type: 'DOUBLE', repetition_type: 'REQUIRED' },
        { name: 'list', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' }, { name: 'list', repetition_type: 'REPEATED', num_children: 1 }, { name: 'element', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
        { name: 'y', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
      ],
    })
    const on = (column: string) => prepare(experimentOn({ kind: 'series', source: 'nested.parquet', columns: ['x', 'y'], target: [column] }), folder, readTensors)
    expect([...(await on('y')).series!.values]).toEqual(random(50))
    expect(await failureOf(on('list'))).toMatchObject({ code: 'dataset.column-missing', message: expect.stringMatching(/no column "list"; it has "x", "y"/) as string, hint: expect.stringMatching(/"list" holds lists, which aren't read/) as string })
  })
})

describe('small readers', () => {
  it('runs and packed bits, never more than wanted', () => {
    // 200 times 3, then 8 packed: 0 to 7 in three bits.
    const bytes = Uint8Array.of(0x90, 0x03, 0x03, 0x03, 0x88, 0xc6, 0xfa)
    expect([...readHybrid(bytes, 0, 7, 3, 208)]).toEqual([...new Array<number>(200).fill(3), 0, 1, 2, 3, 4, 5, 6, 7])
    // A run of 2^28 stops where nothing more is wanted.
    expect([...readHybrid(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x02, 1), 0, 6, 1, 4)]).toEqual([1, 1, 1, 1])
    expect(() => readHybrid(bytes, 0, 2, 3, 10)).toThrow('ends before')
  })

  it('LZ4 and Snappy undo what reaches back into itself, and refuse what reaches out', () => {
    // "abc" and nine bytes from three before.
    expect(Buffer.from(decompress(7, Uint8Array.of(0x35, 97, 98, 99, 3, 0, 0x10, 33), 13)).toString()).toBe('abcabcabcabc!')
    expect(Buffer.from(decompress(1, Uint8Array.of(12, 0x08, 97, 98, 99, 0x15, 3), 12)).toString()).toBe('abcabcabcabc')
    for (const bad of [Uint8Array.of(0x35, 97, 98, 99, 9, 0), Uint8Array.of(0xf0, 255), Uint8Array.of(0x10)]) expect(() => decompress(7, bad, 12)).toThrow()
    for (const bad of [Uint8Array.of(12, 0x08, 97), Uint8Array.of(12, 0x15, 3), Uint8Array.of(12, 0xfc, 255, 255, 255, 255)]) expect(() => decompress(1, bad, 12)).toThrow()
    expect(() => decompress(2, gzipSync(Buffer.alloc(1_000_000)), 1000)).toThrow()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(1, 2, 4, 6, 7), fc.integer({ min: 0, max: 200 }), (bytes, codec, length) => {
      try {
        expect(decompress(codec, bytes, length)).toHaveLength(length)
      } catch (error) {
        expect((error as Error).constructor.name).toBe('ParquetFault')
      }
    }))
  })
})

/** A block of literals alone. */
function lz4Literals(bytes: Uint8Array): Uint8Array {
  const more: number[] = []
  if (bytes.length >= 15) {
    let left = bytes.length - 15
    for (; left >= 255; left -= 255) more.push(255)
    more.push(left)
  }
  return Buffer.concat([Buffer.from([Math.min(15, bytes.length) << 4, ...more]), bytes])
}

/** A Zstandard frame of raw blocks. */
function zstdRaw(bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(9)
  head.writeUInt32LE(0xfd2fb528, 0)
  head[4] = 0xa0
  head.writeUInt32LE(bytes.length, 5)
  const blocks: Buffer[] = []
  for (let at = 0; at < bytes.length || at === 0; at += 65_536) {
    const block = Buffer.from(bytes.subarray(at, at + 65_536))
    const last = at + 65_536 >= bytes.length ? 1 : 0
    const size = Buffer.alloc(3)
    size.writeUIntLE(block.length * 8 + last, 0, 3)
    blocks.push(size, block)
  }
  return Buffer.concat([head, ...blocks])
}

it('a file that is no Parquet file says so', async () => {
  expect(await failureOf(prepare(experimentOn({ kind: 'series', source: 'n.parquet', columns: ['x'], target: ['x'] }), (write('n.parquet', 'x,y\n1,2\n'), folder), readTensors))).toMatchObject({ code: 'dataset.parquet', message: 'n.parquet is no Parquet file: it should begin and end with "PAR1" but begins with "x,y.".' })
})
