import { describe, expect, it } from 'vitest'
import type { ModelSpec } from '@shared/experiment/schema'
import type { NetworkShape } from '@main/engine/bptt/network'
import { buildGradients, type ProgramSpec } from '@main/engine/bptt/programs'
import { parameterVariables, stateVariables } from '@main/engine/bptt/variables'
import { createOracleBackend, type OracleInputs, type OracleVariable } from '../oracle/oracle-backend'
import { ids, numbers } from '../primitives/case'

const [steps, batch, hidden, inputSize, outputSize] = [5, 3, 7, 5, 4]

interface Setting { activation: 'tanh' | 'relu'; input: 'tokens' | 'values'; loss: ProgramSpec['loss']; output: NetworkShape['output']; lengths: number[]; layers?: number }

const settings: Setting[] = [
  ...(['tanh', 'relu'] as const).flatMap((activation) => (['tokens', 'values'] as const).flatMap((input) =>
    (['cross-entropy', 'mse'] as const).flatMap((loss) => (['every-step', 'last-step'] as const).flatMap((output) =>
      [[5, 5, 5], [5, 2, 3]].map((lengths) => ({ activation, input, loss, output, lengths })))))),
  { activation: 'tanh', input: 'values', loss: 'mse', output: 'every-step', lengths: [5, 0, 1] },
  { activation: 'tanh', input: 'tokens', loss: 'cross-entropy', output: 'last-step', lengths: [5, 3, 0], layers: 2 },
  { activation: 'relu', input: 'values', loss: 'cross-entropy', output: 'every-step', lengths: [4, 5, 2], layers: 3 },
]

const nameOf = ({ activation, input, loss, output, lengths, layers = 1 }: Setting) => `${activation}, ${input}, ${loss}, ${output}, lengths ${lengths.join(' ')}, ${layers} layer(s), carried state`

async function prepare({ activation, input, loss, output, lengths, layers = 1 }: Setting) {
  const backend = createOracleBackend()
  const model: ModelSpec = { cell: 'rnn', activation, hiddenSize: hidden, layers, bidirectional: false, dropout: 0, inputDropout: 0, embeddingSize: null, init: 'default', forgetBias: 0 }
  const parameters = parameterVariables(backend, model, inputSize, outputSize)
  const states = stateVariables(backend, model, batch)
  // Stored values in Float64, from a start state that is not zero, as after a window before.
  let seed = 1
  for (const variable of [...parameters.values(), ...states.values()]) (variable as OracleVariable).values.set(numbers(seed++, (variable as OracleVariable).values.length, 0.6))
  const shape: NetworkShape = { model, input, inputSize, outputSize, output, steps, batch }
  const program = await backend.compile(buildGradients({ shape, loss, parameters, states, carry: false }))
  const outputs = output === 'every-step' ? steps : 1
  const valid = output === 'every-step' ? lengths.reduce((sum, length) => sum + length, 0) : lengths.filter((length) => length > 0).length
  const inputs: OracleInputs = {
    x: input === 'tokens' ? ids(3, steps * batch, inputSize) : numbers(3, steps * batch * inputSize),
    y: loss === 'cross-entropy' ? ids(4, outputs * batch, outputSize) : numbers(4, outputs * batch * outputSize),
    lengths: Int32Array.from(lengths), scale: Float64Array.of(1 / (valid * (loss === 'mse' ? outputSize : 1))),
  }
  return { parameters: parameters as ReadonlyMap<string, OracleVariable>, run: () => program.runFloat64(inputs) }
}

describe('gradients of the whole network against central differences, in Float64', () => {
  it.each(settings.map((setting) => ({ name: nameOf(setting), setting })))('$name', async ({ setting }) => {
    const { parameters, run } = await prepare(setting)
    const found = run()
    const difference = 1e-5
    for (const [name, { values }] of parameters) {
      const gradient = found[`grad:${name}`]!
      expect(gradient.some((value) => value !== 0), `${name} has a gradient`).toBe(true)
      for (let index = 0; index < values.length; index++) {
        const kept = values[index]!
        values[index] = kept + difference
        const above = run()['loss']![0]!
        values[index] = kept - difference
        const below = run()['loss']![0]!
        values[index] = kept
        const expected = (above - below) / (2 * difference)
        expect(Math.abs(gradient[index]! - expected), `${name}[${index}]: ${gradient[index]} against ${expected}`).toBeLessThan(1e-8)
      }
    }
  })
})
