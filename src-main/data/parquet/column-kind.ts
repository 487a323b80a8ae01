import { numberAt, structAt, type ThriftStruct } from './thrift'

export const physical = { boolean: 0, int32: 1, int64: 2, int96: 3, float: 4, double: 5, bytes: 6, fixed: 7 } as const

/** What the values of a column are to people. */
export type ColumnKind =
  | { is: 'number'; /** Divides whole numbers: 10 to the decimals. */ divisor: number; unsigned: boolean; half: boolean }
  | { is: 'boolean' }
  | { is: 'text'; uuid: boolean }
  /** Days, or units of so many to the second, since 1970. */
  | { is: 'date' }
  | { is: 'timestamp'; perSecond: number }

const number = (divisor = 1, unsigned = false, half = false): ColumnKind => ({ is: 'number', divisor, unsigned, half })
const units = new Map([[1, 1e3], [2, 1e6], [3, 1e9]])

/** @returns a string says what a column holds that isn't read */
export function columnKind(element: ThriftStruct): ColumnKind | string {
  const [type, converted, logical] = [numberAt(element, 1), numberAt(element, 6), structAt(element, 10)]
  const scale = numberAt(element, 7) ?? 0
  const decimal = structAt(logical ?? new Map(), 5)
  if (converted === 5 || decimal !== null) return number(10 ** (decimal === null ? scale : numberAt(decimal, 1) ?? scale))
  if (converted === 20 || logical?.has(13)) return 'BSON'
  if (converted === 21) return 'intervals'
  switch (type) {
    case physical.boolean: return { is: 'boolean' }
    case physical.int32: return converted === 6 || logical?.has(6) ? { is: 'date' } : number(1, isUnsigned(converted, logical))
    case physical.int64: {
      const stamp = structAt(logical ?? new Map(), 8)
      const unit = stamp && structAt(stamp, 2)
      if (converted === 9 || converted === 10) return { is: 'timestamp', perSecond: converted === 9 ? 1e3 : 1e6 }
      if (unit) return { is: 'timestamp', perSecond: units.get([...unit.keys()][0] ?? 1) ?? 1e3 }
      return number(1, isUnsigned(converted, logical))
    }
    case physical.int96: return { is: 'timestamp', perSecond: 1e9 }
    case physical.float: case physical.double: return number()
    case physical.bytes: return { is: 'text', uuid: false }
    case physical.fixed: return logical?.has(15) ? number(1, false, true) : logical?.has(14) ? { is: 'text', uuid: true } : 'raw bytes'
    default: return 'what Parquet doesn\'t know'
  }
}

function isUnsigned(converted: number | null, logical: ThriftStruct | null): boolean {
  const integer = logical && structAt(logical, 10)
  return (converted !== null && converted >= 11 && converted <= 14) || integer?.get(2) === false
}
