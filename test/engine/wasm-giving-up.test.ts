import { beforeAll, describe, expect, it } from 'vitest'
import { createWasmBackend, type WasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { elman, elmanInputs, errorOf, shrink } from './wasm-programs'

let backend: WasmBackend
beforeAll(async () => { backend = await createWasmBackend() })

describe('giving up', () => {
  it('wherever it is asked: run.cancelled, no variable has changed, the next run is right', async () => {
    const size = 1 << 20
    const variable = backend.variable('v', [size])
    const program = await shrink(backend, variable)
    const all = async (value: number) => (await variable.read()).every((found) => found === value)
    let asked = 0
    variable.write(new Float32Array(size).fill(4))
    await program.run({ rate: Float32Array.of(0) }, () => { asked++; return false })
    expect(asked).toBeGreaterThan(2)
    for (let after = 1; after <= asked; after++) {
      let calls = 0
      const error = await errorOf(() => program.run({ rate: Float32Array.of(0.5) }, () => ++calls === after))
      expect(error.code).toBe('run.cancelled')
      expect(await all(4)).toBe(true)
    }
    await program.run({ rate: Float32Array.of(0.5) })
    expect(await all(2)).toBe(true)
    program.dispose()
  })

  it('a word that comes by message ends a long run within 100 ms', async () => {
    const size = [64, 64, 1024] as const
    const program = await backend.compile(elman(...size))
    let [stopped, at] = [false, 0]
    const timer = setTimeout(() => { stopped = true; at = performance.now() }, 120)
    const error = await errorOf(() => program.run(elmanInputs(...size), () => stopped))
    const waited = performance.now() - at
    clearTimeout(timer)
    expect(error.code).toBe('run.cancelled')
    expect(waited).toBeLessThan(100)
    program.dispose()
  })

  it('a program disposed of while it runs gives up, and its memory comes back', async () => {
    const before = backend.memory().used
    const program = await backend.compile(elman(64, 64, 512))
    const run = errorOf(() => program.run(elmanInputs(64, 64, 512)))
    program.dispose()
    expect((await run).code).toBe('run.cancelled')
    expect(backend.memory().used).toBe(before)
  })

  it('a second run while one is under way is refused; the first goes on', async () => {
    const program = await backend.compile(elman(64, 64, 256))
    const first = program.run(elmanInputs(64, 64, 256))
    const second = await errorOf(() => program.run(elmanInputs(64, 64, 256)))
    expect(second.code).toBe('internal.program-busy')
    expect((await first)['loss']![0]).toBeGreaterThan(0)
    program.dispose()
  })
})
