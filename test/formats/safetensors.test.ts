import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { UnrollError } from '@shared/errors'
import { fromWeights, readSafetensors, toWeights, writeSafetensors, type SafetensorsTensor } from '@main/formats/safetensors'
import { sharedMissing, sharedPath } from '../support/shared-folder'

/** A file of the given header and body; the length may lie. */
function file(header: string | object, body: number[] | Uint8Array = [], length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.length + body.length)
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true)
  bytes.set(json, 8)
  bytes.set(body, 8 + json.length)
  return bytes
}
const f32 = (count: number) => new Array<number>(4 * count).fill(0)
const entry = (shape: unknown, offsets: unknown, dtype: unknown = 'F32') => ({ dtype, shape, data_offsets: offsets })

describe('readSafetensors refuses what the bytes do not bear out', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['no bytes', new Uint8Array(0), /0 bytes in all/],
    ['seven bytes', new Uint8Array(7), /7 bytes in all/],
    ['a header longer than the file', file('{}', [], 100n), /100 bytes long, but only 2 bytes follow/],
    ['a huge header', file('{}', [], 2n ** 63n), /more than 100000000 is never right/],
    ['a header that is no JSON', file('{oops'), /isn’t JSON/],
    ['a header that is a list', file('[]'), /doesn’t start with "\{"/],
    ['a header that is not UTF-8', new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff]), /isn’t JSON/],
    ['an unknown type', file({ a: entry([1], [0, 4], 'Q4') }, f32(1)), /type "Q4"/],
    ['a type named like a method', file({ a: entry([1], [0, 4], 'constructor') }, f32(1)), /type "constructor"/],
    ['a negative side', file({ a: entry([-1], [0, 4]) }, f32(1)), /list of sizes/],
    ['a fractional side', file({ a: entry([0.5], [0, 4]) }, f32(1)), /list of sizes/],
    ['a product that overflows', file({ a: entry([2 ** 50, 2 ** 50], [0, 4]) }, f32(1)), /but data_offsets span 4/],
    ['too few bytes for the shape', file({ a: entry([2], [0, 4]) }, f32(1)), /takes 8 bytes, but data_offsets span 4/],
    ['offsets backwards', file({ a: entry([1], [4, 0]) }, f32(1)), /must be \[start, end\]/],
    ['three offsets', file({ a: entry([1], [0, 4, 8]) }, f32(1)), /must be \[start, end\]/],
    ['offsets past the end', file({ a: entry([2], [0, 8]) }, f32(1)), /end at byte 8, but 4 bytes/],
    ['a hole', file({ a: entry([1], [0, 4]), b: entry([1], [8, 12]) }, f32(3)), /Bytes 4 to 8, before tensor "b", belong to no tensor/],
    ['an overlap', file({ a: entry([2], [0, 8]), b: entry([2], [4, 12]) }, f32(3)), /"b" starts at byte 4, inside/],
    ['bytes left over', file({ a: entry([1], [0, 4]) }, f32(2)), /end at byte 4, but 8 bytes/],
    ['metadata that is no text', file({ __metadata__: { a: 1 } }), /strings to strings/],
    ['an entry that is no object', file({ a: 3 }), /expected an object/],
  ])('%s', (_name, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrowError(expect.objectContaining({ code: 'format.safetensors', message: expect.stringMatching(message) as string }))
  })

  it('never crashes on arbitrary bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => reads(bytes)), { numRuns: 500 })
  })

  it('never crashes on a plausible header over arbitrary bytes', () => {
    const number = fc.oneof(fc.nat(40), fc.integer(), fc.double())
    const header = fc.dictionary(fc.string({ maxLength: 5 }), fc.record({
      dtype: fc.constantFrom('F32', 'I64', 'U8', 'BF16', 'X'), shape: fc.array(number, { maxLength: 3 }), data_offsets: fc.array(number, { maxLength: 3 }),
    }), { maxKeys: 3 })
    fc.assert(fc.property(header, fc.uint8Array({ maxLength: 40 }), (json, body) => reads(file(json, body))), { numRuns: 1000 })
  })

  /** Reads, or refuses with a sentence; anything else is a crash. */
  function reads(bytes: Uint8Array): void {
    try {
      readSafetensors(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(UnrollError)
      expect((error as UnrollError).code).toBe('format.safetensors')
    }
  }
})

describe('what is written is read back', () => {
  const tensor: fc.Arbitrary<SafetensorsTensor> = fc.oneof(
    fc.float32Array({ maxLength: 24 }).map((data) => ({ dtype: 'F32' as const, data })),
    fc.float64Array({ maxLength: 24 }).map((data) => ({ dtype: 'F64' as const, data })),
    fc.int32Array({ maxLength: 24 }).map((data) => ({ dtype: 'I32' as const, data })),
    fc.bigInt64Array({ maxLength: 24 }).map((data) => ({ dtype: 'I64' as const, data })),
    fc.uint8Array({ maxLength: 24 }).map((data) => ({ dtype: 'BOOL' as const, data })),
    fc.uint16Array({ maxLength: 24 }).map((data) => ({ dtype: 'BF16' as const, data })),
  ).map(({ dtype, data }) => ({ dtype, data, shape: data.length % 2 === 0 ? [2, data.length / 2] : [data.length] }))

  it('for any tensors, any names and any metadata', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'rnn.weight_ih_l0')).filter((text) => text !== '__metadata__')
    fc.assert(fc.property(fc.array(fc.tuple(name, tensor), { maxLength: 6 }), fc.dictionary(fc.string(), fc.string()), (entries, metadata) => {
      const tensors = Object.fromEntries(entries)
      const bytes = writeSafetensors(tensors, metadata)
      const shifted = new Uint8Array(bytes.length + 3)
      shifted.set(bytes, 3)
      const back = readSafetensors(shifted.subarray(3))
      expect(readSafetensors(Buffer.from(bytes))).toEqual(back)
      expect(Object.keys(back.tensors).sort()).toEqual(Object.keys(tensors).sort())
      for (const [key, { dtype, shape, data }] of Object.entries(tensors)) {
        const found = Object.entries(back.tensors).find(([other]) => other === key)![1]
        expect(found.dtype).toBe(dtype)
        expect(found.shape).toEqual(shape)
        expect(Buffer.from(found.data.buffer).equals(Buffer.from(data.buffer, data.byteOffset, data.byteLength))).toBe(true)
      }
      expect(Object.entries(back.metadata).sort()).toEqual(Object.entries(metadata).sort())
    }))
  })

  it('with every tensor aligned to its type', () => {
    const bytes = writeSafetensors({ a: { dtype: 'U8', shape: [3], data: new Uint8Array(3) }, b: { dtype: 'F64', shape: [1], data: new Float64Array(1) } })
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    expect(length % 8).toBe(0)
    expect((JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as { b: { data_offsets: number[] } }).b.data_offsets).toEqual([0, 8])
  })

  it('refuses a shape that does not agree with its data', () => {
    expect(() => writeSafetensors({ a: { dtype: 'F32', shape: [2, 2], data: new Float32Array(3) } })).toThrowError(/3 elements of Float32Array don’t make F32 \[2, 2\]/)
  })
})

describe('weights', () => {
  it('widens half precision exactly, and refuses whole numbers', () => {
    const half = { dtype: 'F16' as const, shape: [5], data: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000) }
    const brain = { dtype: 'BF16' as const, shape: [2], data: Uint16Array.of(0x3f80, 0xc040) }
    const weights = toWeights({ tensors: { half, brain }, metadata: {} })
    expect([...weights['half']!.data]).toEqual([1, -2, 2 ** -24, 65504, -0])
    expect([...weights['brain']!.data]).toEqual([1, -3])
    expect(() => toWeights({ tensors: { ids: { dtype: 'I32', shape: [1], data: Int32Array.of(1) } }, metadata: {} })).toThrowError(/"ids" has type I32/)
  })

  const python = '/usr/bin/python3'
  const noTorch = sharedMissing ?? (() => {
    try {
      execFileSync(python, ['-c', 'import torch, numpy'], { stdio: 'ignore' })
      return null
    } catch {
      return `${python} with torch and numpy isn't here`
    }
  })()

  it.skipIf(noTorch !== null)(`load in PyTorch by name${noTorch === null ? '' : ` (skipped: ${noTorch})`}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'unroll-'))
    try {
      const weights = { 'rnn.weight_hh_l0': { shape: [2, 2], data: Float32Array.of(1, 2, 3, 0.1) }, 'head.bias': { shape: [3], data: Float32Array.of(-1, 1e-30, 7) } }
      const path = join(folder, 'weights.safetensors')
      writeFileSync(path, writeSafetensors(fromWeights(weights), { format: 'pt' }))
      const script = 'import sys, json; sys.path.insert(0, sys.argv[1]); import torch; from torch_reference import read_safetensors\n'
        + 'print(json.dumps({k: [list(v.shape), str(v.dtype), torch.from_numpy(v).flatten().double().tolist()] for k, v in read_safetensors(sys.argv[2]).items()}))'
      const read: unknown = JSON.parse(execFileSync(python, ['-B', '-c', script, sharedPath('reference'), path], { encoding: 'utf8' }))
      expect(read).toEqual({
        'rnn.weight_hh_l0': [[2, 2], 'float32', [1, 2, 3, Math.fround(0.1)]],
        'head.bias': [[3], 'float32', [-1, Math.fround(1e-30), 7]],
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it.skipIf(sharedMissing !== null)(`reads a file that PyTorch's side wrote${sharedMissing === null ? '' : ` (skipped: ${sharedMissing})`}`, () => {
    const weights = toWeights(readSafetensors(readFileSync(sharedPath('parity/rnn-tanh-every-step/init.safetensors'))))
    expect(weights['rnn.weight_hh_l0']!.shape).toEqual([7, 7])
    expect(Object.keys(weights).sort()).toEqual(['head.bias', 'head.weight', 'rnn.bias_hh_l0', 'rnn.bias_ih_l0', 'rnn.weight_hh_l0', 'rnn.weight_ih_l0'])
  })
})
