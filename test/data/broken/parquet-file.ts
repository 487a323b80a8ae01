/** Fields of a Thrift struct by id: numbers are 32 bits wide, big ones 64, texts binary, arrays lists of structs. */
export interface Fields { [id: number]: number | bigint | string | Fields | Fields[] | number[] | string[] }

const varint = (value: bigint): number[] => (value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)])
const zigzag = (value: number | bigint): number[] => varint((BigInt(value) << 1n) ^ (BigInt(value) >> 63n) & 0xffffffffffffffffn)

/** Thrift's compact protocol, as a test wants it. */
export function thrift(fields: Fields): number[] {
  let last = 0
  const bytes: number[] = []
  for (const [key, value] of Object.entries(fields)) {
    const id = Number(key)
    const type = typeof value === 'number' ? 5 : typeof value === 'bigint' ? 6 : typeof value === 'string' ? 8 : Array.isArray(value) ? 9 : 12
    bytes.push(((id - last) << 4) | type, ...valueOf(value))
    last = id
  }
  return [...bytes, 0]
}

function valueOf(value: Fields[number]): number[] {
  if (typeof value === 'number' || typeof value === 'bigint') return zigzag(value)
  if (typeof value === 'string') return [...varint(BigInt(Buffer.byteLength(value))), ...Buffer.from(value)]
  if (!Array.isArray(value)) return thrift(value)
  const first = value[0]
  return [(value.length << 4) | (typeof first === 'number' ? 5 : typeof first === 'string' ? 8 : 12), ...value.flatMap((each) => valueOf(each))]
}

/** Lies about a file of one column of doubles, "a". */
export interface Lies {
  rows?: number
  groupRows?: number
  values?: number
  pageValues?: number
  pageBytes?: number
  unpackedBytes?: number
  codec?: number
  encoding?: number
  offset?: number
  column?: Fields
  element?: Fields
  file?: Fields
  page?: number[]
  magic?: string
  endMagic?: string
  footerLength?: number
}

/** A Parquet file of 40 rows, lies included. */
export function parquetFile(lies: Lies = {}): Buffer {
  const rows = 40
  const values = Buffer.from(Float64Array.from({ length: rows }, (_, row) => row % 7).buffer)
  const body = lies.page ? Buffer.from(lies.page) : values
  const header = Buffer.from(thrift({ 1: 0, 2: lies.unpackedBytes ?? body.length, 3: lies.pageBytes ?? body.length, 5: { 1: lies.pageValues ?? rows, 2: lies.encoding ?? 0, 3: 3, 4: 3 } }))
  const footer = Buffer.from(thrift({
    1: 1,
    2: [{ 4: 'schema', 5: 1 }, lies.element ?? { 1: 5, 3: 0, 4: 'a' }],
    3: BigInt(lies.rows ?? rows),
    4: [{
      1: [lies.column ?? { 2: 4n, 3: { 1: 5, 2: [0], 3: ['a'], 4: lies.codec ?? 0, 5: BigInt(lies.values ?? rows), 6: BigInt(body.length), 7: BigInt(header.length + body.length), 9: BigInt(lies.offset ?? 4) } }],
      2: BigInt(body.length), 3: BigInt(lies.groupRows ?? rows),
    }],
    ...lies.file,
  }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(lies.footerLength ?? footer.length)
  return Buffer.concat([Buffer.from(lies.magic ?? 'PAR1'), header, body, footer, length, Buffer.from(lies.endMagic ?? 'PAR1')])
}
