import { UnrollError } from '@shared/errors'
import { halfToNumber } from './half'

/**
 * NumPy's .npy: 6 bytes of magic, a version, the length of a header, the header as a Python literal of exactly three keys, then
 * the elements. Pure: bytes in, numbers out; nothing is ever executed.
 * @see NEP 1, numpy.org/neps/nep-0001-npy-format.html
 */

export interface NpyArray {
  dtype: 'F32' | 'F64' | 'I32' | 'I64'
  shape: number[]
  /** Row-major, whatever the file's order. */
  data: Float32Array | Float64Array | Int32Array | BigInt64Array
}

const refuse = (name: string, message: string, hint = 'Save the array again with numpy.save.') =>
  new UnrollError('format.npy', `${name}: ${message}`, { hint })

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
/** numpy itself refuses longer headers. */
const longestHeader = 10_000
/** The largest array of numbers that JavaScript and the engine hold. */
const mostElements = 2 ** 30

/** Readers of one element by numpy's kind and width; what `dtype` it becomes. */
const readers: Record<string, { dtype: NpyArray['dtype']; width: number; read: (view: DataView, at: number, little: boolean) => number | bigint }> = {
  f2: { dtype: 'F32', width: 2, read: (view, at, little) => halfToNumber(view.getUint16(at, little)) },
  f4: { dtype: 'F32', width: 4, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { dtype: 'F64', width: 8, read: (view, at, little) => view.getFloat64(at, little) },
  b1: { dtype: 'I32', width: 1, read: (view, at) => view.getUint8(at) },
  i1: { dtype: 'I32', width: 1, read: (view, at) => view.getInt8(at) },
  u1: { dtype: 'I32', width: 1, read: (view, at) => view.getUint8(at) },
  i2: { dtype: 'I32', width: 2, read: (view, at, little) => view.getInt16(at, little) },
  u2: { dtype: 'I32', width: 2, read: (view, at, little) => view.getUint16(at, little) },
  i4: { dtype: 'I32', width: 4, read: (view, at, little) => view.getInt32(at, little) },
  u4: { dtype: 'I64', width: 4, read: (view, at, little) => BigInt(view.getUint32(at, little)) },
  i8: { dtype: 'I64', width: 8, read: (view, at, little) => view.getBigInt64(at, little) },
  u8: { dtype: 'I64', width: 8, read: (view, at, little) => BigInt.asIntN(64, view.getBigUint64(at, little)) },
}
const arrays = { F32: Float32Array, F64: Float64Array, I32: Int32Array, I64: BigInt64Array } as const

/**
 * @param name what errors call the array
 * @throws UnrollError `format.npy` when the header is unreadable or doesn't agree with the bytes, or the array holds Python
 *         objects, which only running a program could read
 */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const { header, start } = headerOf(bytes, name)
  const { descr, fortran, shape } = parseHeader(header, name)
  const { reader, little } = typeOf(descr, name)
  const count = shape.reduce((product, side) => product * side, 1)
  if (!Number.isSafeInteger(count) || count > mostElements) throw refuse(name, `shape (${shape.join(', ')}) has more elements than the ${mostElements.toLocaleString('en')} this version holds.`, 'Save a part of it.')
  const left = bytes.length - start
  if (count * reader.width !== left) throw refuse(name, `shape (${shape.join(', ')}) of type ${descr} takes ${(count * reader.width).toLocaleString('en')} bytes, but ${left.toLocaleString('en')} follow the header.`)
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, left)
  const data = new arrays[reader.dtype](count)
  const place = fortran && shape.length > 1 ? columnMajor(shape) : (index: number) => index
  for (let index = 0; index < count; index++) data[place(index)] = reader.read(view, index * reader.width, little)
  return { dtype: reader.dtype, shape, data }
}

function headerOf(bytes: Uint8Array, name: string): { header: string; start: number } {
  if (bytes.length < 10 || magic.some((byte, at) => bytes[at] !== byte)) throw refuse(name, 'it doesn’t begin as a NumPy array does.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const version = bytes[6]!
  if (version < 1 || version > 3) throw refuse(name, `it is of version ${version} of the format; 1 to 3 are known.`)
  const from = version === 1 ? 10 : 12
  if (bytes.length < from) throw refuse(name, 'it ends within its header.')
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > longestHeader) throw refuse(name, `its header is said to be ${length.toLocaleString('en')} bytes long; more than ${longestHeader.toLocaleString('en')} is never right.`)
  if (from + length > bytes.length) throw refuse(name, `its header is said to be ${length} bytes long, but only ${bytes.length - from} bytes follow.`)
  const text = Array.from(bytes.subarray(from, from + length), (byte) => String.fromCharCode(byte)).join('')
  return { header: text, start: from + length }
}

/** The header is a Python dictionary, of which just what numpy writes is understood. */
function parseHeader(header: string, name: string): { descr: string; fortran: boolean; shape: number[] } {
  const descr = /^\s*\{.*?['"]descr['"]\s*:\s*(?:'([^']*)'|"([^"]*)"|(\[))/s.exec(header)
  const fortran = /['"]fortran_order['"]\s*:\s*(True|False)\b/.exec(header)
  const shape = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(header)
  if (descr === null || fortran === null || shape === null || !/\}\s*$/.test(header)) throw refuse(name, `its header isn’t what NumPy writes: ${JSON.stringify(header.trim().slice(0, 80))}.`)
  if (descr[3] !== undefined) throw refuse(name, 'it is a table of named fields; plain arrays of numbers are read.', 'Save each field as an array of its own.')
  const sides = shape[1]!.split(',').map((side) => side.trim().replace(/L$/, '')).filter((side) => side !== '').map(Number)
  if (!sides.every((side) => Number.isSafeInteger(side))) throw refuse(name, `its shape (${shape[1]}) isn’t a list of sizes.`)
  return { descr: descr[1] ?? descr[2]!, fortran: fortran[1] === 'True', shape: sides }
}

function typeOf(descr: string, name: string): { reader: (typeof readers)[string]; little: boolean } {
  if (/^[|<>=]?O/.test(descr)) {
    throw refuse(name, 'it holds Python objects, pickled; reading them would run whatever program is in the file, so they are refused.', 'Save numbers: numpy.save(file, array.astype("float32")), with arrays of one length or padded to one.')
  }
  const [, order, kind] = /^([|<>=]?)([a-zA-Z]\d+)$/.exec(descr) ?? []
  const reader = kind === undefined ? undefined : readers[kind]
  if (reader === undefined) throw refuse(name, `it is of type ${JSON.stringify(descr)}; whole and real numbers are read (${Object.keys(readers).join(', ')}).`, 'Convert it, for example by array.astype("float32").')
  return { reader, little: order !== '>' }
}

/** Where the element that is at `index` with the first axis running fastest stands with the last one running fastest. */
function columnMajor(shape: readonly number[]): (index: number) => number {
  return (index) => {
    let [rest, stride, place] = [index, 1, 0]
    const steps = shape.map(() => 0)
    shape.forEach((side, axis) => {
      steps[axis] = rest % side
      rest = Math.floor(rest / side)
    })
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += steps[axis]! * stride
      stride *= shape[axis]!
    }
    return place
  }
}
