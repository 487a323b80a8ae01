import { describe, expect, it } from 'vitest'
import { UnrollError } from '@shared/errors'
import type { Experiment, OptimizerSpec } from '@shared/experiment/schema'
import type { Backend } from '@main/engine/backends/backend'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { createSession } from '@main/engine/training/session'
import type { PreparedData } from '@main/engine/training/prepared-data'
import type { Checkpoint, Weights } from '@main/engine/training/types'
import { createOracleBackend } from '../oracle/oracle-backend'
import { addingData, addingExperiment, seriesData, seriesExperiment, textData, textExperiment } from './experiments'
import { reversalData, reversalExperiment } from './pairs'
import { steadyHost } from './session-harness'

const backends: { name: string; create: () => Promise<Backend> }[] = [
  { name: 'the oracle', create: async () => createOracleBackend({ variables: 'float32' }) },
  { name: 'WebAssembly', create: () => createWasmBackend() },
]

const optimizers: OptimizerSpec[] = [
  { kind: 'sgd', learningRate: 100, momentum: 0, nesterov: false, weightDecay: 0 },
  { kind: 'sgd', learningRate: 100, momentum: 0.99, nesterov: true, weightDecay: 0 },
  { kind: 'sgd', learningRate: 1, momentum: 0.9, nesterov: false, weightDecay: 1e30 },
  { kind: 'adam', learningRate: 100, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 1e30 },
  { kind: 'adam', learningRate: 0.01, betas: [0, 0], epsilon: 1e-60, weightDecay: 0 },
  { kind: 'adamw', learningRate: 100, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 1e35 },
  { kind: 'rmsprop', learningRate: 100, alpha: 0, epsilon: 1e-60, momentum: 0.99, weightDecay: 0 },
]
const data: { name: string; data: PreparedData; experiment: (training: object) => Experiment }[] = [
  { name: 'a text', data: textData(), experiment: textExperiment }, { name: 'a series', data: seriesData(), experiment: seriesExperiment },
  { name: 'sequences', data: addingData(), experiment: addingExperiment }, { name: 'pairs', data: reversalData(40, 10), experiment: reversalExperiment },
]

const finite = (weights: Weights) => Object.values(weights).every((tensor) => tensor.data.every(Number.isFinite))

describe.each(backends)('a run that is driven beyond all numbers, on $name', ({ create }) => {
  it.each(data.flatMap((each) => optimizers.map((optimizer) => ({ ...each, optimizer, how: JSON.stringify(optimizer).replaceAll('"', '') }))))('$name, $how', async ({ data: prepared, experiment: make, optimizer }) => {
    const made = make({ clipNorm: null, epochs: 400, maxSteps: 120, checkpointEvery: 7, validateEvery: 1000, optimizer })
    for (const model of [{ cell: 'rnn', activation: 'relu' }, { cell: 'gru' }, { cell: 'lstm', layers: 2 }] as const) {
      const session = await createSession(await create(), { experiment: { ...made, model: { ...made.model, ...model } }, data: prepared }, steadyHost())
      const [kept, losses]: [Checkpoint[], number[]] = [[], []]
      const error: unknown = await session.run({
        metric: ({ split, loss, gradNorm }) => { if (split === 'train') losses.push(loss, gradNorm!) },
        checkpoint: async (checkpoint) => { kept.push(structuredClone(checkpoint)) },
      }).then(() => null, (reason: unknown) => reason)
      // What was told and kept is numbers, whatever came of the run.
      expect(losses.every(Number.isFinite)).toBe(true)
      for (const { weights, optimizer: moments } of kept) expect([finite(weights), finite(moments)]).toEqual([true, true])
      if (error === null) continue
      expect(error).toBeInstanceOf(UnrollError)
      const { code, message, hint, where } = error as UnrollError
      expect([code, hint?.includes('Lower the learning rate')]).toEqual(['numeric.non-finite', true])
      if (message.includes('validation')) continue
      const done = losses.length / 2
      // Which tensor, and which time step where it has one; after an update that overflowed at the latest where it would be kept.
      const atCheckpoint = message.startsWith('After the update')
      expect(where!.step).toBe(atCheckpoint ? done : done + 1)
      expect(message).toMatch(atCheckpoint ? / is (NaN|-?Infinity); the checkpoint before it is kept/ : /: (the (input|hidden state of|output)|every state, output and gradient is finite, but|the gradient of|.* was already)/)
      await session.dispose()
    }
  })
})
