import { beforeAll, describe, expect, it } from 'vitest'
import type { Ops, Program, Sequence } from '@main/engine/backends/backend'
import { createWasmBackend, type WasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { errorOf } from './wasm-programs'

let backend: WasmBackend
beforeAll(async () => { backend = await createWasmBackend() })

describe('what is refused', () => {
  const refuses = async (build: (ops: Ops) => Sequence) => (await errorOf(() => backend.compile((ops) => ({ results: { y: build(ops) } })))).message

  it('shapes that do not fit, with name, expected and found', async () => {
    const message = await refuses((ops) => ops.affine(ops.sequenceInput('x', 2, 3, 5), ops.input('w', [7, 4]), []))
    expect(message).toMatch(/"w" should be \[7, 5\] but is \[7, 4\]/)
  })

  it('a slot read before it is written, or written twice', async () => {
    expect(await refuses((ops) => ops.affine(ops.sequence(2, 1, 3), ops.input('w', [2, 3]), []))).toMatch(/slot 0 before it is written/)
    expect(await refuses((ops) => {
      const [states, h] = [ops.sequence(1, 1, 3), ops.input('h', [1, 3])]
      ops.place(h, ops.slot(states, 0))
      ops.place(h, ops.slot(states, 0))
      return states
    })).toMatch(/slot 0 is written twice/)
  })

  it('inputs and variables of the wrong size or kind, by name', async () => {
    const program: Program = await backend.compile((ops) => ({ results: { y: ops.affineTokens(ops.tokensInput('x', 1, 2), ops.input('w', [3, 4]), []) } }))
    const w = new Float32Array(12)
    const message = async (inputs: Record<string, Float32Array | Int32Array>) => (await errorOf(() => program.run(inputs))).message
    expect(await message({ w, x: Int32Array.of(1) })).toBe('Input "x" should hold 2 int32 numbers but holds 1.')
    expect(await message({ w, x: Float32Array.of(1, 2) })).toBe('Input "x" should hold 2 int32 numbers but is a Float32Array of 2.')
    expect(await message({ x: Int32Array.of(1, 2) })).toBe('Input "w" should hold 12 float32 numbers but is missing.')
    const error = await errorOf(() => { backend.variable('bias', [4]).write(w) })
    expect([error.code, error.where?.parameter]).toEqual(['shape.mismatch', 'bias'])
    program.dispose()
  })

  it('a variable of another backend', async () => {
    const other = (await createWasmBackend()).variable('theirs', [3])
    const error = await errorOf(() => backend.compile((ops) => ({ results: { norm: ops.globalNorm([ops.variable(other)]) } })))
    expect(error.message).toMatch(/"theirs" belongs to another backend/)
  })
})
