import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Backend, Program, ProgramInputs } from '@main/engine/backends/backend'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { buildGradients, buildTrace } from '@main/engine/bptt/programs'
import { parameterVariables, stateVariables, type Variables } from '@main/engine/bptt/variables'
import { createOracleBackend, type OracleProgram } from '../oracle/oracle-backend'
import { ids, numbers } from '../primitives/case'
import { modelOf } from './gradient-check'

const [inputSize, outputSize] = [5, 3]
type Results = Record<string, Float64Array | Float32Array>

interface Judge {
  name: string
  create(): Promise<Backend>
  run(program: Program, inputs: ProgramInputs, scale?: number): Promise<Results>
  /** Largest difference that rounding alone may make, of numbers about 1. */
  rounding: number
  numRuns: number
}

/** Rounding apart, all of this holds to the last bit where sums are made in one order: on the oracle. */
const judges: Judge[] = [
  { name: 'the oracle', create: async () => createOracleBackend(), run: async (program, inputs, scale = 1) => (program as OracleProgram).runFloat64({ ...inputs, scale: Float64Array.of(scale) }), rounding: 1e-12, numRuns: 50 },
  { name: 'WebAssembly', create: () => createWasmBackend(), run: (program, inputs, scale = 1) => program.run({ ...inputs, scale: Float32Array.of(scale) }), rounding: 2e-5, numRuns: 25 },
]

const models = fc.record({
  cell: fc.constantFrom('rnn' as const, 'gru' as const, 'lstm' as const), hiddenSize: fc.integer({ min: 1, max: 19 }), layers: fc.integer({ min: 1, max: 3 }),
  activation: fc.constantFrom('tanh' as const, 'relu' as const), bidirectional: fc.boolean(), embeddingSize: fc.constantFrom(null, 1, 6),
}).map(modelOf)
const seeds = fc.integer({ min: 1, max: 1e6 })
const inputKinds = fc.constantFrom('values' as const, 'tokens' as const)
const outputs = fc.constantFrom('every-step' as const, 'last-step' as const)
const losses = fc.constantFrom('cross-entropy' as const, 'mse' as const, 'mae' as const, 'huber' as const)
const raggedLengths = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 6 })
const tasks = fc.record({ model: models, seed: seeds, input: inputKinds, output: outputs, loss: losses, lengths: raggedLengths })
  .map((task) => (task.input === 'tokens' ? task : { ...task, model: { ...task.model, embeddingSize: null } }))
type Task = typeof tasks extends fc.Arbitrary<infer T> ? T : never

function fill(variables: Variables, seed: number): void {
  let next = seed
  for (const variable of variables.values()) variable.write(numbers(next++, variable.shape.reduce((product, side) => product * side, 1), 0.5))
}

/** A batch row by row: what row b reads at step t, and what it should say. */
interface Rows {
  lengths: number[]
  x: (row: number, step: number) => ArrayLike<number>
  y: (row: number, step: number) => ArrayLike<number>
}

const drawn = ({ seed, input, loss, lengths }: Task): Rows => {
  const [most, rows] = [16, lengths.length]
  const x = input === 'tokens' ? ids(seed, most * rows, inputSize) : numbers(seed, most * rows * inputSize)
  const y = loss === 'cross-entropy' ? ids(seed + 1, most * rows, outputSize) : numbers(seed + 1, most * rows * outputSize)
  const at = (values: Int32Array | Float32Array, width: number) => (row: number, step: number) => values.subarray((row * most + step) * width, (row * most + step + 1) * width)
  return { lengths, x: at(x, input === 'tokens' ? 1 : inputSize), y: at(y, loss === 'cross-entropy' ? 1 : outputSize) }
}

/** [steps, batch, width]; what is past a row's end is `filler`. */
function laidOut(whole: boolean, steps: number, lengths: number[], width: number, filler: number, value: (row: number, step: number) => ArrayLike<number>) {
  const values = whole ? new Int32Array(steps * lengths.length * width) : new Float32Array(steps * lengths.length * width)
  for (let step = 0; step < steps; step++) {
    for (const [row, length] of lengths.entries()) {
      for (let column = 0; column < width; column++) values[(step * lengths.length + row) * width + column] = step < length ? value(row, step)[column]! : filler
    }
  }
  return values
}

/** Loss and all gradients of one batch. */
async function gradientsOf({ create, run }: Judge, { model, seed, input, output, loss }: Task, { lengths, x, y }: Rows, padding = 0, filler = 0): Promise<Results> {
  const backend = await create()
  const parameters = parameterVariables(backend, model, inputSize, outputSize)
  fill(parameters, seed)
  const [steps, batch, classes] = [Math.max(...lengths) + padding, lengths.length, loss === 'cross-entropy']
  const valid = (output === 'every-step' ? lengths.reduce((sum, length) => sum + length, 0) : batch) * (classes ? 1 : outputSize)
  const shape = { model, input, inputSize, outputSize, output, steps, batch }
  const program = await backend.compile(buildGradients({ shape, loss, parameters, states: stateVariables(backend, model, batch), carry: false }))
  const results = await run(program, {
    x: laidOut(input === 'tokens', steps, lengths, input === 'tokens' ? 1 : inputSize, filler, x),
    y: output === 'every-step' ? laidOut(classes, steps, lengths, classes ? 1 : outputSize, filler, y) : laidOut(classes, 1, lengths, classes ? 1 : outputSize, 0, y),
    lengths: Int32Array.from(lengths),
  }, 1 / valid)
  await backend.dispose()
  return results
}

function expectClose(found: Results, expected: Results, rounding: number): void {
  expect(Object.keys(found)).toEqual(Object.keys(expected))
  for (const [name, values] of Object.entries(expected)) {
    // In float32 a sum's rounding goes by its largest term.
    const size = Math.max(1, ...Array.from(values, Math.abs))
    for (const [index, value] of values.entries()) if (!(Math.abs(found[name]![index]! - value) <= rounding * size)) expect(found[name]![index], `${name} ${index}`).toBe(value)
  }
}

describe.each(judges)('on $name', (judge) => {
  const { create, run, rounding, numRuns } = judge

  it('what stands past a sequence’s end, and how much of it, changes neither loss nor gradients', async () => {
    await fc.assert(fc.asyncProperty(tasks, fc.integer({ min: 0, max: 5 }), async (task, padding) => {
      const tight = await gradientsOf(judge, task, drawn(task))
      const padded = await gradientsOf(judge, task, drawn(task), padding, task.input === 'tokens' ? 2 : 1e3)
      if (judge.name === 'the oracle') expect(padded).toEqual(tight)
      else expectClose(padded, tight, rounding)
    }), { numRuns })
  })

  it('the order of a batch changes neither the mean loss nor any gradient', async () => {
    await fc.assert(fc.asyncProperty(tasks, async (task) => {
      const rows = drawn(task)
      const last = rows.lengths.length - 1
      const turned: Rows = { lengths: rows.lengths.toReversed(), x: (row, step) => rows.x(last - row, step), y: (row, step) => rows.y(last - row, step) }
      expectClose(await gradientsOf(judge, task, turned), await gradientsOf(judge, task, rows), rounding)
    }), { numRuns })
  })

  it('the mean loss of a batch is that of its sequences alone, weighed by what they count', async () => {
    await fc.assert(fc.asyncProperty(tasks, async (task) => {
      const rows = drawn(task)
      const whole = await gradientsOf(judge, task, rows)
      const [sums, total]: [Record<string, Float64Array>, number] = [{}, task.output === 'every-step' ? rows.lengths.reduce((sum, length) => sum + length, 0) : rows.lengths.length]
      for (const [row, length] of rows.lengths.entries()) {
        const alone = await gradientsOf(judge, task, { lengths: [length], x: (_, step) => rows.x(row, step), y: (_, step) => rows.y(row, step) })
        const weight = (task.output === 'every-step' ? length : 1) / total
        for (const [name, values] of Object.entries(alone)) {
          if (name === 'score') continue
          const sum = sums[name] ??= new Float64Array(values.length)
          for (const [index, value] of values.entries()) sum[index]! += weight * value
        }
      }
      expectClose(sums, Object.fromEntries(Object.entries(whole).filter(([name]) => name !== 'score')), rounding)
    }), { numRuns: Math.ceil(numRuns / 2) })
  })

  it('windows with a carried state equal one long pass, wherever the sequence is cut', async () => {
    await fc.assert(fc.asyncProperty(models, seeds, fc.integer({ min: 1, max: 4 }), fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }), async (either, seed, batch, cuts) => {
      const model = { ...either, bidirectional: false }
      const total = cuts.reduce((sum, steps) => sum + steps, 0)
      const x = ids(seed, total * batch, inputSize)
      const read = async (parts: number[]): Promise<Results> => {
        const backend = await create()
        const [parameters, states] = [parameterVariables(backend, model, inputSize, outputSize), stateVariables(backend, model, batch)]
        fill(parameters, seed)
        const [found, hiddens]: [number[], number[]] = [[], []]
        let from = 0
        for (const steps of parts) {
          const shape = { model, input: 'tokens' as const, inputSize, outputSize, output: 'every-step' as const, steps, batch }
          const program = await backend.compile(buildTrace({ shape, parameters, states, carry: true }, { hidden: true }))
          const results = await run(program, { x: x.slice(from * batch, (from + steps) * batch), lengths: new Int32Array(batch).fill(steps) })
          found.push(...results['outputs']!)
          hiddens.push(...results['hidden']!)
          from += steps
        }
        await backend.dispose()
        return { found: Float64Array.from(found), hiddens: Float64Array.from(hiddens) }
      }
      const [cut, whole] = [await read(cuts), await read([total])]
      // The oracle keeps its states in Float64 from window to window: not a bit may differ.
      if (judge.name === 'the oracle') expect(cut).toEqual(whole)
      else expectClose(cut, whole, rounding)
    }), { numRuns })
  })

  it('the reverse direction over a sequence is the forward one over the sequence turned round, each row from its own end', async () => {
    await fc.assert(fc.asyncProperty(models, seeds, raggedLengths, async (either, seed, lengths) => {
      const model = { ...either, layers: 1, bidirectional: true }
      const [steps, batch, hidden] = [Math.max(...lengths), lengths.length, model.hiddenSize]
      const x = ids(seed, steps * batch, inputSize)
      const turned = x.slice()
      for (const [row, length] of lengths.entries()) {
        for (let step = 0; step < length; step++) turned[step * batch + row] = x[(length - 1 - step) * batch + row]!
      }
      const trace = async (tokens: Int32Array, forwardAsReverse: boolean): Promise<Float64Array | Float32Array> => {
        const backend = await create()
        const parameters = parameterVariables(backend, model, inputSize, outputSize)
        fill(parameters, seed)
        if (forwardAsReverse) for (const [name, variable] of parameters) variable.write(await (parameters.get(`${name}_reverse`) ?? variable).read())
        const shape = { model, input: 'tokens' as const, inputSize, outputSize, output: 'every-step' as const, steps, batch }
        const program = await backend.compile(buildTrace({ shape, parameters, states: stateVariables(backend, model, batch), carry: false }, { hidden: true }))
        const { hidden: states } = await run(program, { x: tokens, lengths: Int32Array.from(lengths) })
        await backend.dispose()
        return states!
      }
      const [both, forward] = [await trace(x, false), await trace(turned, true)]
      for (const [row, length] of lengths.entries()) {
        for (let step = 0; step < length; step++) {
          const at = (of: number) => (of * batch + row) * 2 * hidden
          const found = { h: both.slice(at(step) + hidden, at(step) + 2 * hidden) }
          expectClose(found, { h: forward.slice(at(length - 1 - step), at(length - 1 - step) + hidden) }, judge.name === 'the oracle' ? 0 : rounding)
        }
      }
    }), { numRuns })
  })
})
