import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelSpec } from '@shared/experiment/schema'
import { buildGradients, buildTrace } from '@main/engine/bptt/programs'
import { parameterVariables, stateVariables, type Variables } from '@main/engine/bptt/variables'
import { createOracleBackend, type OracleVariable } from '../oracle/oracle-backend'
import { numbers } from '../primitives/case'
import { modelOf } from './gradient-check'

const [inputSize, outputSize] = [3, 2]

const models = fc.record({
  cell: fc.constantFrom('rnn' as const, 'gru' as const, 'lstm' as const), hiddenSize: fc.integer({ min: 1, max: 9 }), layers: fc.integer({ min: 1, max: 3 }),
  activation: fc.constantFrom('tanh' as const, 'relu' as const), bidirectional: fc.boolean(),
}).map(modelOf)
const seeds = fc.integer({ min: 1, max: 1e6 })
const outputs = fc.constantFrom('every-step' as const, 'last-step' as const)
const raggedLengths = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 })

function fill(variables: Variables, seed: number): void {
  let next = seed
  for (const variable of variables.values()) (variable as OracleVariable).values.set(numbers(next++, (variable as OracleVariable).values.length, 0.7))
}

interface Batch { model: ModelSpec; seed: number; output: 'every-step' | 'last-step'; steps: number; lengths: number[]; x: Float32Array; y: Float32Array }

/** Loss and all gradients of one batch, laid out [steps, batch, width]. */
async function gradientsOf({ model, seed, output, steps, lengths, x, y }: Batch): Promise<Record<string, Float64Array>> {
  const backend = createOracleBackend()
  const parameters = parameterVariables(backend, model, inputSize, outputSize)
  fill(parameters, seed)
  const valid = output === 'every-step' ? lengths.reduce((sum, length) => sum + length, 0) : lengths.length
  const shape = { model, input: 'values' as const, inputSize, outputSize, output, steps, batch: lengths.length }
  const program = await backend.compile(buildGradients({ shape, loss: 'mse', parameters, states: stateVariables(backend, model, lengths.length), carry: false }))
  return program.runFloat64({ x, y, lengths: Int32Array.from(lengths), scale: Float64Array.of(1 / (valid * outputSize)) })
}

/** Outputs and hidden states of a pass over whole sequences from a zero state. */
async function traceOf(model: ModelSpec, seed: number, steps: number, lengths: number[], x: Float32Array, arrange: (parameters: Variables) => void = () => undefined) {
  const backend = createOracleBackend()
  const parameters = parameterVariables(backend, model, inputSize, outputSize)
  fill(parameters, seed)
  arrange(parameters)
  const shape = { model, input: 'values' as const, inputSize, outputSize, output: 'every-step' as const, steps, batch: lengths.length }
  const program = await backend.compile(buildTrace({ shape, parameters, states: stateVariables(backend, model, lengths.length), carry: false }, { hidden: true }))
  return program.runFloat64({ x, lengths: Int32Array.from(lengths) })['hidden']!
}

describe('variable lengths', () => {
  it('what stands past a sequence’s end, and how much of it, changes neither loss nor gradients', async () => {
    await fc.assert(fc.asyncProperty(models, seeds, outputs, raggedLengths, fc.integer({ min: 0, max: 5 }), async (model, seed, output, lengths, padding) => {
      const [longest, batch] = [Math.max(...lengths), lengths.length]
      const [content, wanted] = [numbers(seed, 16 * batch * inputSize), numbers(seed + 1, 16 * batch * outputSize)]
      const padded = (from: Float32Array, rows: number, width: number, filler: number) => Float32Array.from({ length: rows * batch * width }, (_, index) =>
        rows === 1 || Math.floor(index / width / batch) < lengths[Math.floor(index / width) % batch]! ? from[index]! : filler)
      const run = (steps: number, filler: number) => gradientsOf({
        model, seed, output, steps, lengths, x: padded(content, steps, inputSize, filler), y: padded(wanted, output === 'every-step' ? steps : 1, outputSize, filler),
      })
      expect(await run(longest + padding, 1e3)).toEqual(await run(longest, 0))
    }), { numRuns: 60 })
  })
})

describe('the order of a batch', () => {
  it('changes neither the mean loss nor any gradient beyond rounding', async () => {
    await fc.assert(fc.asyncProperty(models, seeds, outputs, raggedLengths, async (model, seed, output, lengths) => {
      const [steps, batch] = [Math.max(...lengths), lengths.length]
      const [x, y] = [numbers(seed, steps * batch * inputSize), numbers(seed + 1, (output === 'every-step' ? steps : 1) * batch * outputSize)]
      const reversed = (values: Float32Array, width: number) => values.map((_, index) => {
        const row = Math.floor(index / width) % batch
        return values[index + (batch - 1 - 2 * row) * width]!
      })
      const straight = await gradientsOf({ model, seed, output, steps, lengths, x, y })
      const turned = await gradientsOf({ model, seed, output, steps, lengths: lengths.toReversed(), x: reversed(x, inputSize), y: reversed(y, outputSize) })
      for (const [name, values] of Object.entries(straight)) values.forEach((value, index) => { expect(turned[name]![index]).toBeCloseTo(value, 12) })
    }), { numRuns: 40 })
  })
})

describe('windows with a carried state', () => {
  it('equal one long pass, wherever the sequence is cut', async () => {
    await fc.assert(fc.asyncProperty(models, seeds, fc.integer({ min: 1, max: 4 }), fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }), async (either, seed, batch, cuts) => {
      const model = { ...either, bidirectional: false }
      const total = cuts.reduce((sum, steps) => sum + steps, 0)
      const x = numbers(seed, total * batch * inputSize)
      const read = async (parts: number[]) => {
        const backend = createOracleBackend()
        const [parameters, states] = [parameterVariables(backend, model, inputSize, outputSize), stateVariables(backend, model, batch)]
        fill(parameters, seed)
        const [found, hiddens]: [number[], number[]] = [[], []]
        let from = 0
        for (const steps of parts) {
          const shape = { model, input: 'values' as const, inputSize, outputSize, output: 'every-step' as const, steps, batch }
          const program = await backend.compile(buildTrace({ shape, parameters, states, carry: true }, { hidden: true }))
          const results = program.runFloat64({ x: x.subarray(from * batch * inputSize, (from + steps) * batch * inputSize), lengths: new Int32Array(batch).fill(steps) })
          found.push(...results['outputs']!)
          hiddens.push(...results['hidden']!)
          from += steps
        }
        return { found, hiddens }
      }
      expect(await read(cuts)).toEqual(await read([total]))
    }), { numRuns: 60 })
  })
})

describe('the reverse direction', () => {
  it('over a sequence is the forward one over the sequence turned round, each row from its own end', async () => {
    await fc.assert(fc.asyncProperty(models, seeds, raggedLengths, async (either, seed, lengths) => {
      const model = { ...either, layers: 1, bidirectional: true }
      const [steps, batch, hidden] = [Math.max(...lengths), lengths.length, model.hiddenSize]
      const x = numbers(seed, steps * batch * inputSize)
      const at = (step: number, row: number, width: number) => (step * batch + row) * width
      const turned = x.slice()
      for (const [row, length] of lengths.entries()) {
        for (let step = 0; step < length; step++) turned.set(x.subarray(at(length - 1 - step, row, inputSize), at(length - 1 - step, row, inputSize) + inputSize), at(step, row, inputSize))
      }
      const both = await traceOf(model, seed, steps, lengths, x)
      // The forward direction takes over the weights of the reverse one.
      const forward = await traceOf(model, seed, steps, lengths, turned, (parameters) => {
        for (const [name, variable] of parameters) {
          const reverse = parameters.get(`${name}_reverse`)
          if (reverse) (variable as OracleVariable).values.set((reverse as OracleVariable).values)
        }
      })
      for (const [row, length] of lengths.entries()) {
        for (let step = 0; step < length; step++) {
          const found = both.subarray(at(step, row, 2 * hidden) + hidden, at(step, row, 2 * hidden) + 2 * hidden)
          const expected = forward.subarray(at(length - 1 - step, row, 2 * hidden), at(length - 1 - step, row, 2 * hidden) + hidden)
          expect([...found]).toEqual([...expected])
        }
      }
    }), { numRuns: 40 })
  })
})
