import { UnrollError } from '@shared/errors'
import type { Weights } from '../engine/training/types'
import { halfToNumber } from './half'

/**
 * The safetensors format: u64 little-endian length of the header, the header as JSON (padded with spaces), then the
 * tensors' bytes, row-major and little-endian, without holes. Pure: bytes in, bytes out.
 */

const arrays = {
  F64: Float64Array, F32: Float32Array, F16: Uint16Array, BF16: Uint16Array,
  I64: BigInt64Array, I32: Int32Array, I16: Int16Array, I8: Int8Array,
  U64: BigUint64Array, U32: Uint32Array, U16: Uint16Array, U8: Uint8Array, BOOL: Uint8Array,
} as const

/** F16 and BF16 are kept as their raw 16 bits; `toWeights` widens them. */
export type SafetensorsType = keyof typeof arrays

export interface SafetensorsTensor {
  dtype: SafetensorsType
  shape: number[]
  data: Float64Array | Float32Array | BigInt64Array | BigUint64Array | Int32Array | Int16Array | Int8Array | Uint32Array | Uint16Array | Uint8Array
}

export interface Safetensors {
  tensors: Record<string, SafetensorsTensor>
  metadata: Record<string, string>
}

/** The same limit as the format's own library: a longer header is a lie, not a model. */
const longestHeader = 100_000_000

const refuse = (message: string, hint = 'The file is damaged or isn’t a safetensors file; write it again from its source.') =>
  new UnrollError('format.safetensors', message, { hint })

/**
 * Reads a whole safetensors file.
 * @throws UnrollError `format.safetensors` when the header is unreadable, or says anything the bytes don't bear out:
 *         sizes that don't agree with shapes, overlapping tensors, holes, bytes that belong to no tensor
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, start } = readHeader(bytes)
  // A plain view: Node's Buffer has a `slice` of its own, which doesn't copy.
  const body = new Uint8Array(bytes.buffer, bytes.byteOffset + start, bytes.length - start)
  const metadata: Record<string, string> = readMetadata(header['__metadata__'])
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, entry]) => readEntry(name, entry))
  checkCovered(entries, body.length)
  const tensors = entries.map(({ name, dtype, shape, from, to }): [string, SafetensorsTensor] =>
    // A copy: the bytes may start anywhere, a typed array may not.
    [name, { dtype, shape, data: new arrays[dtype](body.slice(from, to).buffer) }])
  return { tensors: Object.fromEntries(tensors), metadata }
}

interface Entry { name: string; dtype: SafetensorsType; shape: number[]; from: number; to: number }

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8) throw refuse(`A safetensors file starts with 8 bytes for the length of its header; this one has ${bytes.length} bytes in all.`)
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
  if (length > BigInt(longestHeader)) throw refuse(`The header is said to be ${length} bytes long; more than ${longestHeader} is never right.`)
  const start = 8 + Number(length)
  if (start > bytes.length) throw refuse(`The header is said to be ${length} bytes long, but only ${bytes.length - 8} bytes follow.`)
  if (bytes[8] !== 0x7b) throw refuse('The header doesn’t start with "{".')
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, start)))
  } catch (cause) {
    throw new UnrollError('format.safetensors', `The header isn’t JSON: ${(cause instanceof Error ? cause.message : String(cause)).replace(/[\u0000-\u001f]+/g, ' ')}.`, { hint: 'The file is damaged or isn’t a safetensors file; write it again from its source.', cause })
  }
  return { header: header as Record<string, unknown>, start }
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {}
  if (!isRecord(value) || !Object.values(value).every((text) => typeof text === 'string')) throw refuse('"__metadata__" must map strings to strings.')
  return value as Record<string, string>
}

function readEntry(name: string, value: unknown): Entry {
  const of = `Tensor ${JSON.stringify(name)}`
  if (!isRecord(value)) throw refuse(`${of}: expected an object with dtype, shape and data_offsets.`)
  const { dtype, shape, data_offsets: offsets } = value
  if (typeof dtype !== 'string' || !Object.hasOwn(arrays, dtype)) {
    throw refuse(`${of} has type ${JSON.stringify(dtype)}; this version reads ${Object.keys(arrays).join(', ')}.`, 'Convert the tensor to F32 where it was made.')
  }
  if (!isSizes(shape)) throw refuse(`${of}: shape must be a list of sizes, found ${JSON.stringify(shape)}.`)
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) throw refuse(`${of}: data_offsets must be [start, end], found ${JSON.stringify(offsets)}.`)
  const type = dtype as SafetensorsType
  const size = shape.reduce((product, side) => product * side, arrays[type].BYTES_PER_ELEMENT)
  const [from, to] = offsets as [number, number]
  if (!Number.isSafeInteger(size) || size !== to - from) throw refuse(`${of} of shape [${shape.join(', ')}] and type ${type} takes ${size} bytes, but data_offsets span ${to - from}.`)
  return { name, dtype: type, shape, from, to }
}

/** Every byte belongs to exactly one tensor. */
function checkCovered(entries: readonly Entry[], length: number): void {
  let end = 0
  for (const { name, from, to } of [...entries].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) throw refuse(`Tensor ${JSON.stringify(name)} starts at byte ${from}, inside the one before it, which ends at ${end}.`)
    if (from > end) throw refuse(`Bytes ${end} to ${from}, before tensor ${JSON.stringify(name)}, belong to no tensor.`)
    end = to
  }
  if (end !== length) throw refuse(`The tensors end at byte ${end}, but ${length} bytes of data follow the header.`)
}

/**
 * Writes tensors; the widest types first, so that each stays aligned for readers that map the file into memory.
 * @throws UnrollError `format.safetensors` when a shape doesn't agree with its data, or a tensor is called `__metadata__`
 */
export function writeSafetensors(tensors: Record<string, SafetensorsTensor>, metadata?: Record<string, string>): Uint8Array<ArrayBuffer> {
  const ordered = Object.entries(tensors).sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT)
  let offset = 0
  const entries = ordered.map(([name, { dtype, shape, data }]): [string, unknown] => {
    if (name === '__metadata__') throw refuse('A tensor can’t be called "__metadata__".', 'Give the tensor another name.')
    if (!(data instanceof arrays[dtype]) || !isSizes(shape) || shape.reduce((product, side) => product * side, 1) !== data.length) {
      throw refuse(`Tensor ${JSON.stringify(name)}: ${data.length} elements of ${data.constructor.name} don’t make ${dtype} [${shape.join(', ')}].`, 'Give each tensor the data its shape and type call for.')
    }
    const from = offset
    offset += data.byteLength
    return [name, { dtype, shape, data_offsets: [from, offset] }]
  })
  const all = metadata && Object.keys(metadata).length > 0 ? [['__metadata__', metadata] as [string, unknown], ...entries] : entries
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(all)))
  const padded = Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(8 + padded + offset).fill(0x20, 8 + json.length, 8 + padded)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true)
  bytes.set(json, 8)
  let at = 8 + padded
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

/**
 * Floating-point tensors as the engine holds weights: float32.
 * @throws UnrollError `format.safetensors` naming a tensor that isn't floating point
 */
export function toWeights(file: Safetensors): Weights {
  return Object.fromEntries(Object.entries(file.tensors).map(([name, { dtype, shape, data }]) => [name, { shape: [...shape], data: widen(name, dtype, data) }]))
}

/** The engine's weights as tensors to write. */
export function fromWeights(weights: Weights): Record<string, SafetensorsTensor> {
  return Object.fromEntries(Object.entries(weights).map(([name, { shape, data }]) => [name, { dtype: 'F32' as const, shape: [...shape], data }]))
}

function widen(name: string, dtype: SafetensorsType, data: SafetensorsTensor['data']): Float32Array {
  if (data instanceof Float32Array) return data
  if (data instanceof Float64Array) return Float32Array.from(data)
  if (dtype === 'BF16' && data instanceof Uint16Array) return new Float32Array(Uint32Array.from(data, (bits) => bits << 16).buffer)
  if (dtype === 'F16' && data instanceof Uint16Array) return Float32Array.from(data, halfToNumber)
  throw refuse(`Tensor ${JSON.stringify(name)} has type ${dtype}; weights are F32 (F64, F16 and BF16 are converted).`, 'Store the weights as F32.')
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isSizes = (value: unknown): value is number[] => Array.isArray(value) && value.every((side) => Number.isSafeInteger(side) && (side as number) >= 0)
