import { expect } from 'vitest'
import type { ModelSpec } from '@shared/experiment/schema'
import { maskDrawer } from '@main/engine/bptt/dropout'
import type { NetworkShape } from '@main/engine/bptt/network'
import { buildGradients, outputSteps, type ProgramSpec, type TrainingOptions } from '@main/engine/bptt/programs'
import { parameterVariables, stateVariables } from '@main/engine/bptt/variables'
import { createOracleBackend, type OracleInputs, type OracleVariable } from '../oracle/oracle-backend'
import { ids, numbers } from '../primitives/case'

export interface Setting {
  model?: Partial<ModelSpec>
  input: 'tokens' | 'values'
  loss: ProgramSpec['loss']
  output: NetworkShape['output']
  lengths: number[]
  /** Of the targets, for sequence to sequence. */
  targetLengths?: number[]
  options?: Partial<TrainingOptions>
}

const [steps, targetSteps, inputSize, outputSize] = [5, 4, 5, 4]

export const modelOf = (changes: Partial<ModelSpec> = {}): ModelSpec => ({
  cell: 'rnn', activation: 'tanh', hiddenSize: 7, layers: 1, bidirectional: false, dropout: 0, inputDropout: 0, embeddingSize: null, attention: false, init: 'default', forgetBias: 0, ...changes,
})

export const nameOf = ({ model, input, loss, output, lengths, targetLengths, options }: Setting): string =>
  `${JSON.stringify({ ...model, ...options }).replaceAll('"', '')} ${input}, ${loss}, ${output}, lengths ${lengths.join(' ')}${targetLengths ? ` to ${targetLengths.join(' ')}` : ''}`

/** Every element of every weight: the program's gradient against the central difference of its loss, all in Float64. */
export async function checkGradients(setting: Setting): Promise<void> {
  const { input, loss, output, lengths } = setting
  const [backend, model, batch] = [createOracleBackend(), modelOf(setting.model), lengths.length]
  const parameters = parameterVariables(backend, model, inputSize, outputSize, output) as ReadonlyMap<string, OracleVariable>
  const states = stateVariables(backend, model, batch) as ReadonlyMap<string, OracleVariable>
  // From a start state that is not zero, as after a window before.
  let seed = 1
  for (const { values } of [...parameters.values(), ...states.values()]) values.set(numbers(seed++, values.length, 0.6))
  const options: TrainingOptions = { dropout: false, smoothing: 0, weighted: false, ...setting.options }
  const shape: NetworkShape = { model, input, inputSize, outputSize, output, steps, targetSteps, batch }
  const program = await backend.compile(buildGradients({ shape, loss, parameters, states, carry: false }, options))
  const outputs = outputSteps(shape)
  const counted = setting.targetLengths ?? lengths
  const valid = output === 'last-step' ? lengths.filter((length) => length > 0).length : counted.reduce((sum, length) => sum + length, 0)
  const inputs: OracleInputs = {
    x: input === 'tokens' ? ids(3, steps * batch, inputSize) : numbers(3, steps * batch * inputSize),
    y: loss === 'cross-entropy' ? ids(4, outputs * batch, outputSize) : numbers(4, outputs * batch * outputSize, 3),
    lengths: Int32Array.from(lengths), scale: Float64Array.of(1 / (valid * (loss === 'cross-entropy' ? 1 : outputSize))),
    ...(setting.targetLengths ? { decoder: ids(5, targetSteps * batch, outputSize), targetLengths: Int32Array.from(setting.targetLengths) } : {}),
    ...(options.dropout ? maskDrawer(shape)(1, 1, shape) : {}), ...(options.weighted ? { classWeights: Float64Array.of(0.5, 0, 2, 1) } : {}),
  }
  const run = () => program.runFloat64(inputs)
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
      expect(Math.abs(gradient[index]! - expected), `${name}[${index}]: ${gradient[index]} against ${expected}`).toBeLessThan(2e-8)
    }
  }
}
