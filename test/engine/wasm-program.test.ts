import { beforeAll, describe, expect, it } from 'vitest'
import type { Ops, Program, Sequence, Variable } from '@main/engine/backends/backend'
import { createWasmBackend, type WasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { UnrollError } from '@shared/errors'
import { checkCase } from './primitive-cases'
import { full, ids, numbers } from './primitives/case'

let backend: WasmBackend
beforeAll(async () => { backend = await createWasmBackend() })

async function errorOf(work: () => unknown): Promise<UnrollError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof UnrollError) return error
    throw error
  }
  throw new Error('no error was thrown')
}

/** p ← p − rate · p, as several kernels. */
const shrink = (of: WasmBackend, variable: Variable) => of.compile((ops) => {
  const parameter = ops.variable(variable)
  const next = ops.sgd({ parameter, gradient: parameter, velocity: null, factor: null, momentum: 0, hyper: ops.input('rate', [1]) })
  return { results: { norm: ops.globalNorm([parameter]) }, assign: [[variable, next.parameter]], guard: ['norm'] }
})

/** An Elman network through time with its gradient: every kind of kernel between input and result. */
const elman = (steps: number, batch: number, hidden: number) => (ops: Ops) => {
  const projected = ops.sequenceInput('p', steps, batch, hidden)
  const [weight, lengths, scale] = [ops.input('u', [hidden, hidden]), ops.lengthsInput('lengths', batch), ops.input('scale', [1])]
  const [states, deltas] = [ops.sequence(steps + 1, batch, hidden), ops.sequence(steps, batch, hidden)]
  ops.place(ops.input('h', [batch, hidden]), ops.slot(states, 0))
  for (let step = 0; step < steps; step++) {
    ops.rnnStep({ projected: projected.at(step), previous: states.at(step), weight, activation: 'tanh', lengths, step }, ops.slot(states, step + 1))
  }
  const loss = ops.crossEntropy({ logits: states.slice(1, steps + 1), targets: ops.tokensInput('y', steps, batch), lengths, scale })
  let gradient = loss.gradient.at(steps - 1)
  for (let step = steps - 1; step >= 0; step--) {
    const delta = ops.rnnDelta({ gradient, state: states.at(step + 1), activation: 'tanh', lengths, step }, ops.slot(deltas, step))
    gradient = ops.rnnBackward({ delta, weight, gradient, addend: step > 0 ? loss.gradient.at(step - 1) : null, lengths, step })
  }
  return { results: { loss: loss.loss, du: ops.outerSum(deltas, states.slice(0, steps)), gradient } }
}
const elmanInputs = (steps: number, batch: number, hidden: number) => ({
  p: numbers(1, steps * batch * hidden), u: numbers(2, hidden * hidden, 1 / Math.sqrt(hidden)), h: numbers(3, batch * hidden),
  y: ids(4, steps * batch, hidden), lengths: full(batch, steps), scale: Float32Array.of(1 / (steps * batch)),
})

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

  it('token ids outside the vocabulary, as padding may hold, count as no input', async () => {
    const program = await backend.compile((ops) => {
      const tokens = ops.tokensInput('x', 1, 3)
      return { results: { y: ops.affineTokens(tokens, ops.input('w', [2, 2]), []), dw: ops.outerSumTokens(ops.sequenceInput('d', 1, 3, 2), tokens, 2) } }
    })
    const { y, dw } = await program.run({ x: Int32Array.of(-1, 1, 2), w: Float32Array.of(1, 2, 3, 4), d: Float32Array.of(1, 2, 3, 4, 5, 6) })
    expect([[...y!], [...dw!]]).toEqual([[0, 0, 2, 4, 0, 0], [0, 3, 0, 4]])
    program.dispose()
  })

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

describe('ids that padding may hold', () => {
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
