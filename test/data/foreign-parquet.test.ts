import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { parquetColumns, readParquet } from '@main/data/parquet/read-parquet'
import { prepare } from '@main/data/prepare'
import { readTensors } from '@main/services/serve-data'
import { experimentOn, failureOf } from './support'

/** Files by Arrow (C++ and Rust), DuckDB, Polars and fastparquet, made by `make.py`, and what each column holds as text. */
const folder = join(import.meta.dirname, 'foreign-parquet')
const truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Record<string, string[]>
const files = readdirSync(folder).filter((name) => name.endsWith('.parquet'))
const nested = ['a', 'point.x', 'point.in.name', 'point.in.n', 'z']
/** Fewer columns than the table that all are made of. */
const columnsOf: [file: RegExp, columns: string[]][] = [
  [/nested/, nested], [/empty/, ['i8', 's']], [/arrow-int96/, ['i64', 'ms', 'us', 'ns']], [/decimals/, ['d7', 'd18', 'd38']], [/fastparquet/, ['f32', 'f64', 's', 'path', 'us']],
  [/duckdb/, Object.keys(truth).filter((name) => ![...nested, 'u32', 'ms'].includes(name))], [/polars/, Object.keys(truth).filter((name) => ![...nested, 'clock'].includes(name))],
]

async function columns(file: string): Promise<Record<string, string[]>> {
  const found: [name: string, cells: string[]][] = []
  await readParquet(join(folder, file), {
    names: (names) => names.forEach((name) => found.push([name, []])),
    row: (cells) => cells.texts().forEach((cell, field) => found[field]![1].push(cell)),
  })
  return Object.fromEntries(found)
}

/** Numbers may be written in more than one way; dates and texts may not. */
const plain = (columns: Record<string, string[]>) => Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells.map((cell) => (cell === '' || Number.isNaN(Number(cell)) ? cell : Number(cell)))]))

describe('Parquet files by other writers', () => {
  it('are all there', () => expect(files).toHaveLength(15))

  test.each(files.filter((file) => file !== 'arrow-empty.parquet'))('%s reads as its own writer reads it', async (file) => {
    const names = columnsOf.find(([which]) => which.test(file))?.[1] ?? Object.keys(truth).filter((name) => !nested.includes(name))
    expect(plain(await columns(file))).toEqual(plain(Object.fromEntries(names.map((name) => [name, truth[name]!]))))
  })

  it('long whole numbers are exact as text', async () => {
    for (const file of ['arrow-v1-snappy.parquet', 'arrow-v2-encodings-zstd.parquet', 'arrow-rust-v2-lz4.parquet', 'duckdb-v2-zstd.parquet']) {
      const { i64, u64 } = await columns(file)
      expect({ i64, u64 }).toEqual({ i64: truth['i64'], u64: truth['u64'] })
    }
  })

  it('what isn\'t read is passed over; what is asked for and isn\'t read is named', async () => {
    const path = join(folder, 'arrow-nested-v1.parquet')
    expect((await parquetColumns(path)).map(({ name }) => name)).toEqual(nested)
    for (const [column, what] of [['raw', 'raw bytes'], ['list', 'lists'], ['pairs', 'maps']]) {
      const on = prepare(experimentOn({ kind: 'series', source: 'arrow-nested-v1.parquet', columns: ['a'], target: [column!] }), folder, readTensors)
      expect(await failureOf(on)).toMatchObject({ code: 'dataset.column-missing', message: expect.stringMatching(`no column "${column}"; it has "a", "point.x"`) as string, hint: expect.stringContaining(`"${column}" holds ${what}`) as string })
    }
  })

  it('no rows are said to be none', async () => {
    expect(await failureOf(columns('arrow-empty.parquet'))).toMatchObject({ code: 'dataset.empty', message: 'arrow-empty.parquet has columns but no rows; there is nothing to learn from.' })
  })
})
