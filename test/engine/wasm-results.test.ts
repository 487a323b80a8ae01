import { beforeAll, describe, expect, it } from 'vitest'
import type { Ops } from '@main/engine/backends/backend'
import { createWasmBackend, type WasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { checkCase } from './primitive-cases'
import { ids, numbers } from './primitives/case'
import { elman, elmanInputs, shrink } from './wasm-programs'

let backend: WasmBackend
beforeAll(async () => { backend = await createWasmBackend() })

describe('results', () => {
  it('are the same bits for the same inputs, in another program and another backend too', async () => {
    const inputs = elmanInputs(7, 5, 33)
    const bits = async (of: WasmBackend, runs: number) => {
      const program = await of.compile(elman(7, 5, 33))
      let results: Record<string, Float32Array> = {}
      for (let count = 0; count < runs; count++) results = await program.run(inputs)
      program.dispose()
      return Object.entries(results).map(([name, values]) => [name, [...new Int32Array(values.buffer)]])
    }
    const first = await bits(backend, 1)
    expect(await bits(backend, 3)).toEqual(first)
    expect(await bits(await createWasmBackend(), 1)).toEqual(first)
  })

  it('a guarded result that is no number assigns nothing, and is still answered', async () => {
    const variable = backend.variable('v', [3])
    variable.write(Float32Array.of(1, NaN, 3))
    const program = await shrink(backend, variable)
    expect((await program.run({ rate: Float32Array.of(0.5) }))['norm']![0]).toBeNaN()
    expect([...await variable.read()]).toEqual([1, NaN, 3])
    program.dispose()
  })

  it('variables may take over each other’s old values', async () => {
    const [a, b] = [backend.variable('a', [2]), backend.variable('b', [2])]
    a.write(Float32Array.of(1, 2))
    b.write(Float32Array.of(3, 4))
    const program = await backend.compile((ops) => ({ results: {}, assign: [[a, ops.variable(b)], [b, ops.variable(a)]] }))
    await program.run({})
    expect([...await a.read(), ...await b.read()]).toEqual([3, 4, 1, 2])
    program.dispose()
  })
})

describe('ids that padding may hold', () => {
  it('token ids outside the vocabulary, as padding may hold, count as no input', async () => {
    const program = await backend.compile((ops) => {
      const tokens = ops.tokensInput('x', 1, 3)
      return { results: { y: ops.affineTokens(tokens, ops.input('w', [2, 2]), []), dw: ops.outerSumTokens(ops.sequenceInput('d', 1, 3, 2), tokens, 2) } }
    })
    const { y, dw } = await program.run({ x: Int32Array.of(-1, 1, 2), w: Float32Array.of(1, 2, 3, 4), d: Float32Array.of(1, 2, 3, 4, 5, 6) })
    expect([[...y!], [...dw!]]).toEqual([[0, 0, 2, 4, 0, 0], [0, 3, 0, 4]])
    program.dispose()
  })

  it('outside the vocabulary: gather reads zeros, scatterSum adds nothing', async () => {
    const program = await backend.compile((ops) => {
      const tokens = ops.tokensInput('x', 2, 2)
      return { results: { rows: ops.gather(tokens, ops.input('table', [2, 3])), sums: ops.scatterSum(ops.sequenceInput('d', 2, 2, 3), tokens, 2) } }
    })
    const { rows, sums } = await program.run({ x: Int32Array.of(1, -1, 2, 1), table: Float32Array.of(1, 2, 3, 4, 5, 6), d: Float32Array.from({ length: 12 }, (_, index) => index) })
    expect([...rows!]).toEqual([4, 5, 6, 0, 0, 0, 0, 0, 0, 4, 5, 6])
    expect([...sums!]).toEqual([0, 0, 0, 9, 11, 13])
    program.dispose()
  })
})

describe('shapes that go another way inside', () => {
  it('a vocabulary much larger than the batch takes the other path and gives the same', async () => {
    const [steps, batch, vocabulary, width] = [2, 2, 301, 5]
    const report = await checkCase(backend, {
      name: 'large vocabulary', tolerance: 1e-6,
      inputs: [0, 1].map((seed) => ({ x: ids(seed, 4, vocabulary), w: numbers(seed, width * vocabulary), b: numbers(seed + 7, width), d: numbers(seed + 9, 4 * width) })),
      build: (ops) => {
        const tokens = ops.tokensInput('x', steps, batch)
        return {
          results: {
            y: ops.affineTokens(tokens, ops.input('w', [width, vocabulary]), [ops.input('b', [width])]),
            dw: ops.outerSumTokens(ops.sequenceInput('d', steps, batch, width), tokens, vocabulary),
          },
        }
      },
    })
    expect(report.message).toBe('')
  })

  it('products too long for one call are cut without a seam', async () => {
    const [steps, batch, input, output] = [5, 103, 520, 530]
    const rows = await checkCase(backend, {
      name: 'many rows', tolerance: 5e-5,
      inputs: [{ x: numbers(1, steps * batch * input), w: numbers(2, output * input, 0.1), d: numbers(3, steps * batch * output, 0.1) }],
      build: (ops) => {
        const [x, d, w] = [ops.sequenceInput('x', steps, batch, input), ops.sequenceInput('d', steps, batch, output), ops.input('w', [output, input])]
        return { results: { y: ops.affine(x, w, []), dx: ops.affineBackwardInput(d, w), dw: ops.outerSum(d, x) } }
      },
    })
    expect(rows.message).toBe('')
    const columns = await checkCase(backend, {
      name: 'many columns', tolerance: 1e-5, inputs: [{ d: numbers(1, 2 * 3 * 801), x: numbers(2, 2 * 3 * 701) }],
      build: (ops) => ({ results: { dw: ops.outerSum(ops.sequenceInput('d', 2, 3, 801), ops.sequenceInput('x', 2, 3, 701)) } }),
    })
    expect(columns.message).toBe('')
  })

  it('attention too long for one call is cut in time without a seam', async () => {
    const [steps, count, width] = [1100, 1024, 64]
    const inputs = { q: numbers(1, steps * width, 0.3), k: numbers(2, count * width), g: numbers(3, steps * width), lengths: Int32Array.of(count - 3) }
    const attended = (ops: Ops, from: number, to: number) => {
      const [queries, gradient] = [ops.sequenceInput('q', steps, 1, width).slice(from, to), ops.sequenceInput('g', steps, 1, width).slice(from, to)]
      const [keys, lengths] = [ops.sequenceInput('k', count, 1, width), ops.lengthsInput('lengths', 1)]
      const { context, weights } = ops.attend({ queries, keys, lengths })
      const back = ops.attendBackward({ gradient, queries, keys, weights, lengths })
      return { results: { context, towardsQueries: back.queries, towardsKeys: back.keys } }
    }
    const run = async (from: number, to: number) => (await backend.compile((ops) => attended(ops, from, to))).run(inputs)
    const [whole, parts] = [await run(0, steps), [await run(0, 300), await run(300, 700), await run(700, steps)]]
    for (const name of ['context', 'towardsQueries']) expect(whole[name]).toEqual(Float32Array.from(parts.flatMap((part) => [...part[name]!])))
    const largest = whole['towardsKeys']!.reduce((most, value, index) => Math.max(most, Math.abs(value - parts.reduce((sum, part) => sum + part['towardsKeys']![index]!, 0))), 0)
    expect(largest).toBeLessThan(1e-5)
    expect(whole['towardsKeys']!.subarray(-3 * width).every((value) => value === 0)).toBe(true)
  })
})
