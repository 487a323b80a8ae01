import type { FileHandle } from 'node:fs/promises'
import { columnKind, groupKind, type ColumnKind } from './column-kind'
import { damagedParquet, encryptedParquet, noPlainColumns, notParquet, ParquetFault, unreadParquet } from './parquet-errors'
import { numberAt, structAt, structsAt, textAt, ThriftReader, type ThriftStruct } from './thrift'

/** A column with a value a row; fields of a structure are columns of their own. */
export interface ParquetColumn {
  /** Its path: "point.x". */
  name: string
  /** Among all leaves of the schema, as row groups list them. */
  leaf: number
  /** Level of a value that is there: how many of the column and the structures around it may be missing. */
  defined: number
  /** Parquet's physical type, and bytes of a value of fixed length. */
  physical: number
  width: number
  kind: ColumnKind
}

export interface ParquetChunk { codec: number; values: number; from: number; bytes: number }
export interface ParquetGroup { rows: number; chunks: (ParquetChunk | null)[] }

export interface ParquetFile {
  bytes: number
  rows: number
  columns: ParquetColumn[]
  /** Columns that aren't read, and what they hold. */
  others: { name: string; what: string }[]
  groups: ParquetGroup[]
}

/** A description is kept in memory as a whole. */
const mostFooterBytes = 64 * 1024 * 1024
const magic = 'PAR1'
const repeated = 2
const deepest = 100

/**
 * What a Parquet file says of itself, in its footer: columns, and where each row group's chunks lie.
 * @throws UnrollError `dataset.parquet`, `.parquet-encrypted`, `.parquet-unsupported`
 * @see https://parquet.apache.org/docs/file-format/
 */
export async function readFooter(file: FileHandle, bytes: number, path: string): Promise<ParquetFile> {
  if (bytes === 0) throw notParquet(path, 'it is empty')
  const [start, end] = [Buffer.alloc(4), Buffer.alloc(8)]
  await file.read(start, 0, 4, 0)
  if (bytes >= 12) await file.read(end, 0, 8, bytes - 8)
  const [first, last] = [start.toString('latin1'), end.toString('latin1', 4)]
  if (first === 'PARE' || last === 'PARE') throw encryptedParquet(path, 'The footer')
  if (first !== magic) throw notParquet(path, `begins with ${JSON.stringify(start.toString('latin1').replace(/[^\x20-\x7e]/g, '.'))}`)
  if (last !== magic) throw damagedParquet(path, 'its end is missing, where it says what it holds')
  const length = end.readUInt32LE(0)
  if (length > bytes - 12) throw damagedParquet(path, `its footer should be ${length.toLocaleString('en')} bytes long, but the file has ${bytes.toLocaleString('en')}`)
  if (length > mostFooterBytes) throw unreadParquet(path, `describes itself in ${length.toLocaleString('en')} bytes, more than Unroll reads`, 'Write it with fewer columns or larger row groups.')
  const footer = Buffer.alloc(length)
  await file.read(footer, 0, length, bytes - 8 - length)
  try {
    return described(new ThriftReader(footer).struct(), bytes, path)
  } catch (error) {
    throw error instanceof ParquetFault ? damagedParquet(path, error.message) : error
  }
}

function described(meta: ThriftStruct, bytes: number, path: string): ParquetFile {
  if (structAt(meta, 8) !== null) throw encryptedParquet(path, 'Some of the columns')
  const { columns, others, leaves } = columnsIn(structsAt(meta, 2))
  const names = columns.map(({ name }) => name)
  const twice = names.findIndex((name, at) => names.indexOf(name) !== at)
  if (twice >= 0) throw unreadParquet(path, `has two columns called ${JSON.stringify(names[twice])}`, 'Give each column a name of its own.')
  if (columns.length === 0) {
    if (others.length === 0) throw unreadParquet(path, 'has no columns', 'Write a table with at least one.')
    throw noPlainColumns(path, others)
  }
  const groups = structsAt(meta, 4).map((group) => groupIn(group, leaves, columns, bytes, path))
  const rows = numberAt(meta, 3) ?? -1
  const held = groups.reduce((sum, group) => sum + group.rows, 0)
  if (rows !== held) throw damagedParquet(path, `it says it has ${rows.toLocaleString('en')} rows, but its row groups have ${held.toLocaleString('en')}`)
  return { bytes, rows, columns, others, groups }
}

function columnsIn(schema: readonly ThriftStruct[]): { columns: ParquetColumn[]; others: ParquetFile['others']; leaves: number } {
  const [columns, others]: [ParquetColumn[], ParquetFile['others']] = [[], []]
  let [at, leaves] = [1, 0]
  /** Takes an element and all below it. @param refused null: as columns; else only its leaves are counted, as row groups list them */
  const take = (path: string, above: number, depth: number, refused: boolean): void => {
    const element = schema[at++]
    if (element === undefined || depth > deepest) throw new ParquetFault('its schema breaks off')
    const [name, repetition, children] = [textAt(element, 4).trim(), numberAt(element, 3) ?? 0, numberAt(element, 5) ?? 0]
    const full = `${path}${name === '' && path === '' ? `column ${columns.length + others.length + 1}` : name}`
    const defined = above + (repetition === 0 ? 0 : 1)
    const group = children > 0 ? groupKind(element) : null
    const what = group ?? (repetition === repeated ? 'lists' : null)
    if (what !== null && !refused) others.push({ name: full, what })
    for (let child = 0; child < children; child++) take(`${full}.`, defined, depth + 1, refused || what !== null)
    if (children > 0) return
    const leaf = leaves++
    if (refused || what !== null) return
    const kind = columnKind(element)
    if (typeof kind === 'string') others.push({ name: full, what: kind })
    else columns.push({ name: full, leaf, defined, physical: numberAt(element, 1) ?? -1, width: numberAt(element, 2) ?? 0, kind })
  }
  const top = schema[0] === undefined ? 0 : numberAt(schema[0], 5) ?? 0
  for (let child = 0; child < top; child++) take('', 0, 0, false)
  return { columns, others, leaves }
}

function groupIn(group: ThriftStruct, leaves: number, columns: readonly ParquetColumn[], bytes: number, path: string): ParquetGroup {
  const [rows, chunks] = [numberAt(group, 3) ?? -1, structsAt(group, 1)]
  if (!(rows >= 0) || chunks.length !== leaves) throw new ParquetFault('a row group has other columns than the schema')
  // Writers put anything where there is nothing to find.
  if (rows === 0) return { rows, chunks: [] }
  const wanted = new Map(columns.map((column) => [column.leaf, column]))
  return {
    rows,
    chunks: chunks.map((chunk, leaf) => {
      const column = wanted.get(leaf)
      if (column === undefined) return null
      const meta = structAt(chunk, 3)
      if (structAt(chunk, 8) !== null || meta === null) throw encryptedParquet(path, `Column ${JSON.stringify(column.name)}`)
      if (textAt(chunk, 1) !== '') throw unreadParquet(path, `keeps column ${JSON.stringify(column.name)} in another file`, 'Write the table as one file.')
      const [codec, values, size, data, dictionary] = [4, 5, 7, 9, 11].map((id) => numberAt(meta, id))
      const from = dictionary !== null && dictionary! > 0 ? Math.min(dictionary!, data ?? Infinity) : data ?? -1
      if (values !== rows) throw new ParquetFault(`column ${JSON.stringify(column.name)} has ${(values ?? 0).toLocaleString('en')} values for ${rows.toLocaleString('en')} rows`)
      if (!(from >= 4) || !(size! >= 0) || from + size! > bytes) throw new ParquetFault(`column ${JSON.stringify(column.name)} lies outside the file`)
      return { codec: codec ?? -1, values: values!, from, bytes: size! }
    }),
  }
}
