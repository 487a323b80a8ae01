import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ModelSpec } from '@shared/experiment/schema'
import { buildGradients, buildTrace } from '@main/engine/bptt/programs'
import { parameterVariables, stateVariables, type Variables } from '@main/engine/bptt/variables'
import { createOracleBackend, type OracleVariable } from '../oracle/oracle-backend'
import { numbers } from '../primitives/case'

const [inputSize, outputSize] = [3, 2]
const modelOf = (hiddenSize: number, activation: 'tanh' | 'relu'): ModelSpec =>
  ({ cell: 'rnn', activation, hiddenSize, layers: 1, bidirectional: false, dropout: 0, inputDropout: 0, embeddingSize: null, init: 'default', forgetBias: 0 })

function fillParameters(parameters: Variables, seed: number): void {
  let next = seed
  for (const variable of parameters.values()) (variable as OracleVariable).values.set(numbers(next++, (variable as OracleVariable).values.length, 0.7))
}

const setting = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }), hidden: fc.integer({ min: 1, max: 9 }), batch: fc.integer({ min: 1, max: 4 }),
  activation: fc.constantFrom('tanh' as const, 'relu' as const), output: fc.constantFrom('every-step' as const, 'last-step' as const),
})

describe('variable lengths', () => {
  it('what stands past a sequence’s end, and how much of it, changes neither loss nor gradients', async () => {
    await fc.assert(fc.asyncProperty(setting, fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 5 }), async ({ seed, hidden, batch, activation, output }, all, padding) => {
      const lengths = all.slice(0, batch)
      const longest = Math.max(...lengths)
      const content = numbers(seed, 16 * batch * inputSize)
      const wanted = numbers(seed + 1, 16 * batch * outputSize)
      const valid = output === 'every-step' ? lengths.reduce((sum, length) => sum + length, 0) : batch
      const run = async (steps: number, filler: number) => {
        const backend = createOracleBackend()
        const model = modelOf(hidden, activation)
        const parameters = parameterVariables(backend, model, inputSize, outputSize)
        fillParameters(parameters, seed)
        const spec = { shape: { model, input: 'values' as const, inputSize, outputSize, output, steps, batch }, loss: 'mse' as const, parameters, states: stateVariables(backend, model, batch), carry: false }
        const program = await backend.compile(buildGradients(spec))
        const fill = (from: Float32Array, rows: number, width: number) => Float32Array.from({ length: rows * batch * width }, (_, index) =>
          rows === 1 || Math.floor(index / width / batch) < lengths[Math.floor(index / width) % batch]! ? from[index]! : filler)
        return program.runFloat64({
          x: fill(content, steps, inputSize), y: fill(wanted, output === 'every-step' ? steps : 1, outputSize),
          lengths: Int32Array.from(lengths), scale: Float64Array.of(1 / (valid * outputSize)),
        })
      }
      const [short, long] = [await run(longest, 0), await run(longest + padding, 1e3)]
      expect(long).toEqual(short)
    }), { numRuns: 40 })
  })
})

describe('windows with a carried state', () => {
  it('equal one long pass, wherever the sequence is cut', async () => {
    await fc.assert(fc.asyncProperty(setting, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }), async ({ seed, hidden, batch, activation }, cuts) => {
      const total = cuts.reduce((sum, steps) => sum + steps, 0)
      const x = numbers(seed, total * batch * inputSize)
      const read = async (parts: number[]) => {
        const backend = createOracleBackend()
        const model = modelOf(hidden, activation)
        const parameters = parameterVariables(backend, model, inputSize, outputSize)
        fillParameters(parameters, seed)
        const states = stateVariables(backend, model, batch)
        const [outputs, hiddens]: [number[], number[]] = [[], []]
        let from = 0
        for (const steps of parts) {
          const shape = { model, input: 'values' as const, inputSize, outputSize, output: 'every-step' as const, steps, batch }
          const program = await backend.compile(buildTrace({ shape, parameters, states, carry: true }, { hidden: true }))
          const found = program.runFloat64({ x: x.subarray(from * batch * inputSize, (from + steps) * batch * inputSize), lengths: new Int32Array(batch).fill(steps) })
          outputs.push(...found['outputs']!)
          hiddens.push(...found['hidden']!)
          from += steps
        }
        return { outputs, hiddens }
      }
      expect(await read(cuts)).toEqual(await read([total]))
    }), { numRuns: 40 })
  })
})
