import { numberAt, structAt, type ThriftStruct } from './thrift'

export const physical = { boolean: 0, int32: 1, int64: 2, int96: 3, float: 4, double: 5, bytes: 6, fixed: 7 } as const

/** What the values of a column are to people. */
export type ColumnKind =
  | { is: 'number'; /** Of a decimal, which is kept as a whole number. */ decimals: number; unsigned: boolean; half: boolean }
  | { is: 'boolean' }
  | { is: 'text'; uuid: boolean; /** Its schema says that it is text; else it may be raw bytes. */ marked: boolean }
  /** Days since 1970. */
  | { is: 'date' }
  /** Units of so many to the second: since 1970, or since midnight. */
  | { is: 'timestamp' | 'time'; perSecond: number }

const number = (decimals = 0, unsigned = false, half = false): ColumnKind => ({ is: 'number', decimals, unsigned, half })
const units = new Map([[1, 1e3], [2, 1e6], [3, 1e9]])
/** Converted and logical types (ids in the union) that say more than their physical type. */
const converted = { utf8: 0, map: 1, mapEntries: 2, list: 3, enum: 4, decimal: 5, date: 6, timeMillis: 7, timeMicros: 8, stampMillis: 9, stampMicros: 10, json: 19, bson: 20, interval: 21 } as const
const logical = { string: 1, map: 2, list: 3, enum: 4, decimal: 5, date: 6, time: 7, timestamp: 8, integer: 10, json: 12, bson: 13, uuid: 14, half: 15, variant: 16, geometry: 17, geography: 18 } as const
const textual = { converted: [converted.utf8, converted.enum, converted.json] as number[], logical: [logical.string, logical.enum, logical.json] }

/** What a column of columns is, if more than a structure of its fields. */
export function groupKind(element: ThriftStruct): string | null {
  const [old, type] = [numberAt(element, 6), structAt(element, 10)]
  if (old === converted.list || type?.has(logical.list)) return 'lists'
  if (old === converted.map || old === converted.mapEntries || type?.has(logical.map)) return 'maps'
  return type?.has(logical.variant) ? 'variants' : null
}

/** @returns a string says what a column holds that isn't read */
export function columnKind(element: ThriftStruct): ColumnKind | string {
  const [type, old, said] = [numberAt(element, 1), numberAt(element, 6), structAt(element, 10)]
  const scale = numberAt(element, 7) ?? 0
  const decimal = said && structAt(said, logical.decimal)
  if (old === converted.decimal || decimal) return number((decimal && numberAt(decimal, 1)) ?? scale)
  if (old === converted.bson || said?.has(logical.bson)) return 'BSON'
  if (old === converted.interval) return 'intervals'
  if (said?.has(logical.geometry) || said?.has(logical.geography)) return 'shapes on a map'
  const perSecond = (id: number): number | null => {
    const unit = said && structAt(said, id) && structAt(structAt(said, id)!, 2)
    return unit ? units.get([...unit.keys()][0] ?? 1) ?? 1e3 : null
  }
  switch (type) {
    case physical.boolean: return { is: 'boolean' }
    case physical.int32:
      if (old === converted.date || said?.has(logical.date)) return { is: 'date' }
      return old === converted.timeMillis || said?.has(logical.time) ? { is: 'time', perSecond: 1e3 } : number(0, isUnsigned(old, said))
    case physical.int64: {
      const [stamp, time] = [perSecond(logical.timestamp), perSecond(logical.time)]
      if (old === converted.stampMillis || old === converted.stampMicros) return { is: 'timestamp', perSecond: old === converted.stampMillis ? 1e3 : 1e6 }
      if (stamp !== null) return { is: 'timestamp', perSecond: stamp }
      return old === converted.timeMicros || time !== null ? { is: 'time', perSecond: time ?? 1e6 } : number(0, isUnsigned(old, said))
    }
    case physical.int96: return { is: 'timestamp', perSecond: 1e9 }
    case physical.float: case physical.double: return number()
    case physical.bytes: return { is: 'text', uuid: false, marked: isText(old, said) }
    case physical.fixed:
      if (said?.has(logical.half)) return number(0, false, true)
      return said?.has(logical.uuid) || isText(old, said) ? { is: 'text', uuid: said?.has(logical.uuid) === true, marked: true } : 'raw bytes'
    default: return 'what Parquet doesn\'t know'
  }
}

const isText = (old: number | null, said: ThriftStruct | null) => (old !== null && textual.converted.includes(old)) || textual.logical.some((id) => said?.has(id))

function isUnsigned(old: number | null, said: ThriftStruct | null): boolean {
  const integer = said && structAt(said, logical.integer)
  return (old !== null && old >= 11 && old <= 14) || integer?.get(2) === false
}
