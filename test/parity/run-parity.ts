import type { Experiment } from '@shared/experiment/schema'
import type { Backend } from '@main/engine/backends/backend'
import { buildTrace } from '@main/engine/bptt/programs'
import { parameterVariables, writeAll } from '@main/engine/bptt/variables'
import { trainingBatches } from '@main/engine/training/batches'
import type { PreparedData } from '@main/engine/training/prepared-data'
import { createSession } from '@main/engine/training/session'
import { programSpec } from '@main/engine/training/setup'
import { shapedFor } from '@main/engine/training/shaped-programs'
import type { Weights } from '@main/engine/training/types'

/** One case PyTorch has run: plain data, so that it can be posted to a browser's worker. */
export interface ParityCase {
  name: string
  experiment: Experiment
  data: PreparedData
  initial: Weights
  expected: {
    steps: { step: number; loss: number; gradNorm: number }[]
    final: Weights
    /** Hidden states of the first batch under the initial weights, [batch, steps, hidden]; zero past a row's length. */
    states: { shape: number[]; data: Float32Array }
  }
}

export interface ParityReport {
  name: string
  steps: number
  /** Largest |found − PyTorch| / |PyTorch| over all steps. */
  loss: number
  gradNorm: number
  /** Largest, over the parameters, of ‖found − PyTorch‖ / ‖PyTorch‖. */
  weights: number
  /** Largest |h − PyTorch's h|, above 1 in its ratio to h. */
  states: number
}

/** What a backend has to keep to. */
export const parityLimits = { loss: 1e-4, gradNorm: 1e-4, weights: 1e-3, states: 1e-5 } as const

/** Trains the case with the real session and holds every step's numbers against PyTorch's. No node:, runs anywhere. */
export async function runParity(backend: Backend, one: ParityCase): Promise<ParityReport> {
  const states = await statesDifference(backend, one)
  const session = await createSession(backend, { experiment: one.experiment, data: one.data, initial: one.initial })
  const found: { loss: number; gradNorm: number }[] = []
  await session.run({
    metric: ({ split, loss, gradNorm }) => { if (split === 'train') found.push({ loss, gradNorm: gradNorm ?? NaN }) },
    checkpoint: async () => undefined,
  })
  const weights = await session.weights()
  await session.dispose()
  const { steps, final } = one.expected
  const worst = (key: 'loss' | 'gradNorm') => largest(steps.map((step, index) => Math.abs((found[index]?.[key] ?? NaN) - step[key]) / Math.abs(step[key])))
  return {
    name: one.name, steps: found.length, loss: worst('loss'), gradNorm: worst('gradNorm'), states,
    weights: largest(Object.entries(final).map(([name, { data }]) => norm(data.map((value, index) => value - (weights[name]?.data[index] ?? NaN))) / norm(data))),
  }
}

async function statesDifference(backend: Backend, { experiment, data, initial, expected }: ParityCase): Promise<number> {
  const batches = trainingBatches(data, experiment)
  const batch = batches.fill(0, null)
  const { x, lengths } = batch
  const { inputSize, outputSize } = batches.source
  const parameters = parameterVariables(backend, experiment.model, inputSize, outputSize)
  writeAll(parameters, initial, 'The initial weights')
  const program = await backend.compile(buildTrace(shapedFor(programSpec(backend, experiment, batches, parameters, false), batch), { hidden: true }))
  const { hidden } = await program.run({ x, lengths })
  program.dispose()
  const [rows, steps, width] = expected.states.shape as [number, number, number]
  const differences: number[] = []
  expected.states.data.forEach((value, index) => {
    const [row, step, unit] = [Math.floor(index / width / steps), Math.floor(index / width) % steps, index % width]
    if (step < lengths[row]!) differences.push(Math.abs(value - (hidden?.[(step * rows + row) * width + unit] ?? NaN)) / Math.max(1, Math.abs(value)))
  })
  return largest(differences)
}

/** NaN counts as infinitely far. */
const largest = (values: number[]): number => values.reduce((most, value) => (Number.isNaN(value) ? Infinity : Math.max(most, value)), 0)
const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
