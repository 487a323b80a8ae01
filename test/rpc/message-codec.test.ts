import { describe, expect, it } from 'vitest'
import { decodeMessage, encodeMessage } from '@main/services/rpc/message-codec'
import * as renderer from '@renderer/rpc/message-codec'

const there = (value: unknown) => renderer.decodeMessage(encodeMessage(value))
const back = (value: unknown) => decodeMessage(renderer.encodeMessage(value))

describe.each([['to the page', there], ['from the page', back]] as const)('messages %s', (_name, cross) => {
  it.each([
    ['Float32Array', Float32Array.of(1.5, Number.NaN, -0, Number.NEGATIVE_INFINITY)],
    ['Float64Array', Float64Array.of(Math.PI, Number.MIN_VALUE)],
    ['Int32Array', Int32Array.of(-1, 2 ** 31 - 1)],
    ['a part of a larger array', new Float32Array(1000).fill(3).subarray(10, 13)],
    ['an empty array', new Float32Array(0)],
  ])('keep a %s', (_kind, array) => {
    const crossed = cross({ array }) as { array: typeof array }
    expect(crossed.array.constructor).toBe(array.constructor)
    expect(crossed.array).toEqual(array)
    expect(crossed.array.byteOffset % crossed.array.BYTES_PER_ELEMENT).toBe(0)
  })

  it('keep undefined, null, NaN, infinities and large whole numbers', () => {
    const value = { missing: undefined, nothing: null, numbers: [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31 - 1, 2 ** 40, 0.1], text: 'Zürich 日本 🙂' }
    const crossed = cross(value) as typeof value
    expect(crossed).toStrictEqual(value)
    expect('missing' in crossed).toBe(true)
  })

  it('keep a million values, and do it more compactly than JSON', () => {
    const values = Float32Array.from({ length: 1_000_000 }, (_, index) => Math.sin(index))
    const crossed = cross(values) as Float32Array
    expect(crossed).toHaveLength(values.length)
    expect(crossed.findIndex((value, index) => value !== values[index])).toBe(-1)
    expect(encodeMessage(values).byteLength).toBeLessThan(4_000_100)
  })
})
