import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { tensorsPreviewSchema, type TensorsOptions } from '@shared/rpc/schemas'
import { preview } from '@main/data/preview'
import { writeSafetensors } from '@main/formats/safetensors'
import { readTensors } from '@main/services/serve-data'
import { failureOf, scratch } from './support'

const { write } = scratch()
const look = async (path: string, options: Partial<TensorsOptions> | null = null) => tensorsPreviewSchema.parse(await preview(path, options && { kind: 'tensors', ...options }, {}, readTensors))
const ints = (shape: number[], value: (at: number) => number = (at) => at % 5) => ({ dtype: 'I32' as const, shape, data: Int32Array.from({ length: shape.reduce((all, side) => all * side, 1) }, (_, at) => value(at)) })
const floats = (shape: number[]) => ({ dtype: 'F32' as const, shape, data: Float32Array.from({ length: shape.reduce((all, side) => all * side, 1) }, (_, at) => at / 10) })

/** An array as numpy.save writes it. */
function npy(shape: readonly number[], data: Float32Array): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`.padEnd(117) + '\n'
  return new Uint8Array([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8, ...Buffer.from(header), ...new Uint8Array(data.buffer)])
}

describe('a file of arrays', () => {
  it('shows what it holds; roles are guessed by name, and what follows from them', async () => {
    const path = write('a.safetensors', writeSafetensors({ labels: ints([6], (at) => at % 2), lengths: ints([6], (at) => 1 + at % 4), inputs: floats([6, 4, 3]), speaker: ints([6]) }))
    const found = await look(path)
    expect(found.chosen).toEqual({ x: 'inputs', y: 'labels', lengths: 'lengths', group: null })
    expect(found.arrays.find(({ name }) => name === 'inputs')).toMatchObject({ type: 'F32', shape: [6, 4, 3], min: 0, first: expect.arrayContaining([0]) as unknown })
    expect(found).toMatchObject({ problem: null, found: { count: 6, steps: 4, inputSize: 3, outputSize: 2, tokens: false, classes: true, output: 'last-step', lengths: { shortest: 1, longest: 4 }, balance: { total: 2 } } })
    expect(found.found!.examples[0]).toMatchObject({ inputs: ['0.00 0.100 0.200'], targets: ['0'] })
  })

  it('whose roles don’t go together says so, and is mended by choosing others', async () => {
    const path = write('b.safetensors', writeSafetensors({ a: ints([4, 5]), b: ints([4, 5]), c: ints([3, 5]) }))
    expect(await look(path, { x: 'a', y: 'c' })).toMatchObject({ problem: expect.stringContaining('"c" must be I32 [4, 5]') as string, found: null })
    expect(await look(path, { x: 'a', y: 'b' })).toMatchObject({ problem: null, found: { output: 'every-step', classes: true, tokens: true } })
  })

  it('of one array alone foretells its next step', async () => {
    const found = await look(write('c.npy', npy([3, 6, 2], Float32Array.from({ length: 36 }, (_, at) => at))))
    expect(found).toMatchObject({ chosen: { x: 'x', y: null }, problem: null, found: { steps: 5, outputSize: 2, classes: false, output: 'every-step' } })
  })

  it('reads what numpy.savez wrote; one that nothing can be read from is told', async () => {
    const path = write('d.npz', zipSync({ 'arr_0.npy': npy([4, 3, 1], new Float32Array(12).fill(1)), 'arr_1.npy': npy([4, 2], new Float32Array(8)) }))
    expect(await look(path)).toMatchObject({ chosen: { x: 'arr_0', y: 'arr_1' }, found: { classes: false, output: 'last-step', outputSize: 2 } })
    expect(await look(write('e.npy', npy([4], new Float32Array(4))))).toMatchObject({ chosen: { x: null }, problem: expect.stringContaining('No array can be the inputs') as string })
    expect((await failureOf(look(write('f.npz', 'PK nonsense')))).code).toMatch(/^format\./)
  })
})
