import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '@main/engine/backends/backend'
import { createGpuBackend } from '@main/engine/backends/gpu/gpu-backend'

describe('sequences written step by step', () => {
  let backend: Backend
  beforeAll(async () => { backend = await createGpuBackend({ mode: 'cpu' }) })
  afterAll(() => backend.dispose())

  it('come back whole, in stretches and step by step, in whatever order they were written', async () => {
    const orders = fc.integer({ min: 1, max: 120 }).chain((steps) => fc.tuple(
      fc.shuffledSubarray(Array.from({ length: steps }, (_, step) => step), { minLength: steps, maxLength: steps }),
      fc.nat(steps - 1), fc.nat(steps - 1),
    ))
    await fc.assert(fc.asyncProperty(orders, async ([order, a, b]) => {
      const steps = order.length
      const [from, to] = [Math.min(a, b), Math.max(a, b) + 1]
      const program = await backend.compile((ops) => {
        const given = ops.sequenceInput('given', steps, 1, 2)
        const written = ops.sequence(steps, 1, 2)
        for (const step of order) ops.place(given.at(step), ops.slot(written, step))
        return { results: { whole: written, stretch: written.slice(from, to), one: written.at(a) } }
      })
      const given = Float32Array.from({ length: steps * 2 }, (_, index) => index)
      const { whole, stretch, one } = await program.run({ given })
      expect(whole).toEqual(given)
      expect(stretch).toEqual(given.slice(from * 2, to * 2))
      expect(one).toEqual(given.slice(a * 2, a * 2 + 2))
      program.dispose()
    }), { numRuns: 60, seed: 7 })
  })

  it('are read in part before they are wholly written', async () => {
    const program = await backend.compile((ops) => {
      const given = ops.sequenceInput('given', 9, 1, 1)
      const written = ops.sequence(9, 1, 1)
      for (let step = 0; step < 8; step++) ops.place(given.at(step), ops.slot(written, step))
      const early = ops.biasSum(written.slice(5, 8))
      ops.place(given.at(8), ops.slot(written, 8))
      return { results: { early, late: ops.biasSum(written) } }
    })
    const { early, late } = await program.run({ given: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8) })
    expect([early![0], late![0]]).toEqual([18, 36])
  })
})

describe('tanh of the kernels', () => {
  it('keeps to float32 over the whole range, and to NaN', async () => {
    const backend = await createGpuBackend({ mode: 'cpu' })
    const values = Float32Array.from({ length: 4001 }, (_, index) => Math.sign(index - 2000) * 10 ** ((Math.abs(index - 2000) - 1500) / 250))
    values[0] = NaN
    const program = await backend.compile((ops) => {
      const states = ops.sequence(1, values.length, 1)
      const [previous, weight] = [ops.input('previous', [values.length, 1]), ops.input('weight', [1, 1])]
      const state = ops.rnnStep({ projected: ops.input('x', [values.length, 1]), previous, weight, activation: 'tanh', lengths: ops.lengthsInput('lengths', values.length), step: 0 }, ops.slot(states, 0))
      return { results: { state } }
    })
    const { state } = await program.run({ x: values, previous: new Float32Array(values.length), weight: new Float32Array(1), lengths: new Int32Array(values.length).fill(1) })
    expect(state![0]).toBeNaN()
    const worst = values.slice(1).reduce((most, x, index) => Math.max(most, Math.abs(state![index + 1]! - Math.tanh(x)) / Math.max(Math.abs(Math.tanh(x)), 1e-30)), 0)
    expect(worst).toBeLessThan(3e-7)
    await backend.dispose()
  })
})
