import { beforeAll, describe, expect, it } from 'vitest'
import { createWasmBackend, type WasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { numbers } from './primitives/case'
import { elman, elmanInputs, errorOf, shrink } from './wasm-programs'

let backend: WasmBackend
beforeAll(async () => { backend = await createWasmBackend() })

describe('memory', () => {
  it('1,000 runs hold no more than the first', async () => {
    const program = await backend.compile(elman(5, 3, 9))
    const inputs = elmanInputs(5, 3, 9)
    await program.run(inputs)
    const before = backend.memory()
    for (let count = 0; count < 1000; count++) await program.run(inputs)
    expect(backend.memory()).toEqual(before)
    program.dispose()
  })

  it('programs disposed of make room for the next ones', async () => {
    const own = await createWasmBackend()
    const cycle = async () => {
      const program = await own.compile(elman(20, 8, 64))
      await program.run(elmanInputs(20, 8, 64))
      program.dispose()
      program.dispose()
      return own.memory()
    }
    const first = await cycle()
    expect(first.used).toBe(0)
    for (let count = 0; count < 50; count++) expect(await cycle()).toEqual(first)
  })

  it('growing keeps variables and programs that are there', async () => {
    const own = await createWasmBackend()
    const variable = own.variable('v', [3])
    variable.write(Float32Array.of(8, 4, 2))
    const program = await shrink(own, variable)
    const { held } = own.memory()
    own.variable('large', [4 << 20]).write(numbers(1, 4 << 20))
    expect(own.memory().held).toBeGreaterThan(held)
    await program.run({ rate: Float32Array.of(0.5) })
    expect([...await variable.read()]).toEqual([4, 2, 1])
  })

  it('what is never in use together shares memory: the gradients of h_t take no more for more steps', async () => {
    const used = async (steps: number) => {
      const own = await createWasmBackend()
      await own.compile(elman(steps, 16, 64))
      return own.memory().used
    }
    const perStep = (await used(40) - await used(20)) / 20
    // p_t, h_t, δ_t, ∂L/∂h_t from the loss and the targets, and nothing else.
    expect(perStep).toBeLessThan((4 * 16 * 64 + 16) * 4 * 1.02)
  })

  it('more than WebAssembly can hold is refused in a sentence', async () => {
    const own = await createWasmBackend()
    const error = await errorOf(() => own.variable('huge', [1 << 16, 1 << 15]))
    expect(error.code).toBe('memory.exhausted')
    expect(error.message).toMatch(/need 8193 MB/)
    expect(own.memory().used).toBe(0)
  })
})
