import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry { name: string; content: Uint8Array; store?: boolean; claimedSize?: number; claimedCrc?: number; method?: number }

/** A zip archive as a test wants it, lies included. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, content, store = false, claimedSize, claimedCrc, method } of entries) {
    const packed = store ? Buffer.from(content) : deflateRawSync(content)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(method ?? (store ? 0 : 8), 4)
    fields.writeUInt32LE(claimedCrc ?? crc32(content), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(claimedSize ?? content.length, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), Buffer.from([20, 0]), fields, tail, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

/** A .npy file; `descr` and `shape` as written into its header. */
export function npy(descr: string, shape: string, data: Uint8Array, { fortran = false, version = 1 } = {}): Buffer {
  const text = `{'descr': ${descr}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`
  const from = version === 1 ? 10 : 12
  const padded = `${text.padEnd(Math.ceil((from + text.length + 1) / 64) * 64 - from - 1)}\n`
  const head = Buffer.alloc(from)
  head.write('\x93NUMPY', 0, 'latin1')
  head[6] = version
  if (version === 1) head.writeUInt16LE(padded.length, 8)
  else head.writeUInt32LE(padded.length, 8)
  return Buffer.concat([head, Buffer.from(padded, 'latin1'), data])
}

export const bytesOf = (array: Float32Array | Int32Array | Float64Array | BigInt64Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength)
