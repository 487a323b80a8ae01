import { ParquetFault } from './parquet-errors'

export type ThriftValue = number | boolean | Uint8Array | ThriftValue[] | ThriftStruct
export type ThriftStruct = Map<number, ThriftValue>

const deepest = 24
const [isTrue, isFalse, byte, i16, i32, i64, double, binary, list, set, map, struct] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]

/** Past the end of the bytes at hand: there may be more in the file. */
export class OutOfBytes extends ParquetFault {
  constructor() { super('its description breaks off') }
}

/** Thrift's compact protocol, in which Parquet describes itself; whole numbers as doubles. */
export class ThriftReader {
  constructor(private readonly bytes: Uint8Array, public at = 0) {}

  struct(depth = 0): ThriftStruct {
    if (depth > deepest) throw new ParquetFault('its description is nested without end')
    const fields: ThriftStruct = new Map()
    let id = 0
    for (;;) {
      const head = this.byte()
      if (head === 0) return fields
      const delta = head >> 4
      id = delta === 0 ? this.zigzag() : id + delta
      fields.set(id, this.value(head & 15, depth, false))
    }
  }

  varint(): number {
    let [value, factor] = [0, 1]
    for (let count = 0; count < 10; count++) {
      const part = this.byte()
      value += (part & 127) * factor
      if (part < 128) return value
      factor *= 128
    }
    throw new ParquetFault('a number in its description has no end')
  }

  zigzag(): number {
    const value = this.varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  private value(type: number, depth: number, inList: boolean): ThriftValue {
    switch (type) {
      case isTrue: return inList ? this.byte() === 1 : true
      case isFalse: return inList ? this.byte() === 1 : false
      case byte: return this.byte()
      case i16: case i32: case i64: return this.zigzag()
      case double: {
        this.take(8)
        return new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at - 8, 8).getFloat64(0, true)
      }
      case binary: {
        const length = this.varint()
        this.take(length)
        return this.bytes.subarray(this.at - length, this.at)
      }
      case list: case set: {
        const head = this.byte()
        const size = head >> 4 === 15 ? this.varint() : head >> 4
        // An element takes a byte at the least.
        if (size > this.bytes.length - this.at) throw new OutOfBytes()
        return Array.from({ length: size }, () => this.value(head & 15, depth + 1, true))
      }
      case map: {
        const size = this.varint()
        if (size > this.bytes.length - this.at) throw new OutOfBytes()
        const types = size > 0 ? this.byte() : 0
        for (let entry = 0; entry < size; entry++) [types >> 4, types & 15].forEach((each) => this.value(each, depth + 1, true))
        return []
      }
      case struct: return this.struct(depth + 1)
      default: throw new ParquetFault('its description holds what Parquet doesn\'t know')
    }
  }

  private byte(): number {
    this.take(1)
    return this.bytes[this.at - 1]!
  }

  private take(count: number): void {
    if (!(count <= this.bytes.length - this.at)) throw new OutOfBytes()
    this.at += count
  }
}

export const numberAt = (fields: ThriftStruct, id: number): number | null => {
  const value = fields.get(id)
  return typeof value === 'number' ? value : null
}
export const structAt = (fields: ThriftStruct, id: number): ThriftStruct | null => {
  const value = fields.get(id)
  return value instanceof Map ? value : null
}
export const structsAt = (fields: ThriftStruct, id: number): ThriftStruct[] => {
  const value = fields.get(id)
  return Array.isArray(value) ? value.filter((each) => each instanceof Map) : []
}
export const textAt = (fields: ThriftStruct, id: number): string => {
  const value = fields.get(id)
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length).toString() : ''
}
