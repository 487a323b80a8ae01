import { describe, expect, it } from 'vitest'
import type { GradientFlowLine } from '@shared/metrics'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { trainingBatches } from '@main/engine/training/batches'
import { FlowMeter, flowFigures, lagsOf } from '@main/engine/training/flow-meter'
import { createSession } from '@main/engine/training/session'
import { parameterVariables, writeAll } from '@main/engine/bptt/variables'
import { orthogonal } from '@main/engine/initializers/matrices'
import { Random } from '@main/engine/random'
import type { SessionOptions } from '@main/engine/training/types'
import { createOracleBackend } from '../oracle/oracle-backend'
import { networkOf } from '../inspect/networks'
import { addingData, addingExperiment, textData, textExperiment } from './experiments'
import { reversalData, reversalExperiment } from './pairs'
import { record, steadyHost, training } from './session-harness'

const never = () => false

/** Looks through a network of these weights. */
async function looked(options: SessionOptions, weights: ReturnType<typeof networkOf>['weights'], inputSize: number, outputSize: number): Promise<GradientFlowLine> {
  const backend = await createWasmBackend()
  const { model } = options.experiment
  const parameters = parameterVariables(backend, model, inputSize, outputSize, options.experiment.task.output)
  writeAll(parameters, weights, 'The weights')
  const meter = new FlowMeter(backend, options, trainingBatches(options.data, options.experiment), parameters)
  const line = (await meter.measure(7, 0, never))!
  await meter.dispose()
  return line
}

describe('the flow of a linear network decays as its equation says', () => {
  const hidden = 7
  it.each([['fades', 0.8], ['stays', 1], ['grows', 1.15]] as const)('one that %s', async (_name, scale) => {
    // ReLU in its linear range: ∂h_T/∂h_{T−k} = U^k, all of whose singular values are scale^k.
    const experiment = { ...textExperiment({ window: 20 }), model: { ...textExperiment().model, activation: 'relu' as const } }
    const network = networkOf({ cell: 'rnn', activation: 'relu', hiddenSize: hidden }, { inputSize: 5, outputSize: 5 })
    for (const { data } of Object.values(network.weights)) data.fill(0)
    network.weights['rnn.weight_hh_l0']!.data.set(Float32Array.from({ length: 49 }, (_, at) => (at % 8 === 0 ? scale : 0)))
    network.weights['rnn.bias_ih_l0']!.data.fill(0.5)
    const line = await looked({ experiment, data: textData(70) }, network.weights, 5, 5)
    expect(line).toMatchObject({ step: 7, epoch: 0, lags: Array.from({ length: 20 }, (_, lag) => lag) })
    for (const [at, lag] of line.lags.entries()) expect(line.flow['h_l0']![at]! / scale ** lag).toBeCloseTo(1, 3)
    const { gradReach, gradThrough } = flowFigures(line)
    // The time constant of ρ^k is −1 / ln ρ.
    expect(gradReach! / (scale < 1 ? -1 / Math.log(scale) : 19)).toBeCloseTo(1, 3)
    expect(gradThrough! / scale ** 19).toBeCloseTo(1, 3)
  })

  it('a turning one, under tanh at small signals, each sequence to its own end', async () => {
    const experiment = addingExperiment()
    const network = networkOf({ cell: 'rnn', hiddenSize: hidden }, { inputSize: 2, outputSize: 1, scale: 1e-6 })
    network.weights['rnn.weight_hh_l0']!.data.set(orthogonal(hidden, new Random(3)).map((value) => value * 0.9))
    const { lags, flow } = await looked({ experiment, data: addingData() }, network.weights, 2, 1)
    // Lengths are 6, 5 and 4: the longest lag is one sequence's alone.
    expect(lags).toEqual([0, 1, 2, 3, 4, 5])
    for (const lag of lags) expect(flow['h_l0']![lag]! / 0.9 ** lag).toBeCloseTo(1, 3)
  })
})

describe('every layer and direction', () => {
  it.each(['gru', 'lstm'] as const)('%s of two layers, both ways: 1 at its own end, less before; the same on the oracle', async (cell) => {
    const base = addingExperiment({ gradientFlowEvery: 1, maxSteps: 2 })
    const experiment = { ...base, model: { ...base.model, cell, layers: 2, bidirectional: true } }
    const lines: GradientFlowLine[][] = []
    for (const backend of [await createWasmBackend(), createOracleBackend({ variables: 'float32' })]) {
      const session = await createSession(backend, { experiment, data: addingData() }, steadyHost())
      const own: GradientFlowLine[] = []
      await session.run({ metric: () => undefined, gradientFlow: (line) => own.push(line), checkpoint: async () => undefined })
      lines.push(own)
    }
    const [wasm, oracle] = lines as [GradientFlowLine[], GradientFlowLine[]]
    const names = ['l0', 'l0_reverse', 'l1', 'l1_reverse'].flatMap((suffix) => (cell === 'lstm' ? ['h', 'c'] : ['h']).map((letter) => `${letter}_${suffix}`))
    expect(wasm.map(({ step }) => step)).toEqual([1, 2])
    expect(Object.keys(wasm[0]!.flow).sort()).toEqual(names.sort())
    for (const name of names) {
      expect(wasm[0]!.flow[name]![0]).toBe(name.startsWith('h') ? 1 : 0)
      expect(wasm[0]!.flow[name]![5]).toBeLessThan(1)
      for (const [lag, norm] of wasm[1]!.flow[name]!.entries()) expect(Math.abs(norm! - oracle[1]!.flow[name]![lag]!)).toBeLessThan(1e-4)
    }
  })

  it('encoder and decoder, each by its own steps', async () => {
    const lines: GradientFlowLine[] = []
    const session = await createSession(await createWasmBackend(), { experiment: reversalExperiment({ gradientFlowEvery: 1, maxSteps: 1 }), data: reversalData() }, steadyHost())
    await session.run({ metric: () => undefined, gradientFlow: (line) => lines.push(line), checkpoint: async () => undefined })
    expect(Object.keys(lines[0]!.flow)).toEqual(expect.arrayContaining(['encoder.h_l0', 'decoder.h_l0']))
    expect(lines[0]!.flow['decoder.h_l0']![0]).toBe(1)
  })
})

describe('in a run', () => {
  const options = { experiment: textExperiment({ epochs: 3, gradientFlowEvery: 5 }), data: textData() }
  it('comes every so many steps, with its figures on that step’s line, and changes nothing', async () => {
    const [with5, without] = [await record(options), await record({ ...options, experiment: textExperiment({ epochs: 3, gradientFlowEvery: null }) })]
    expect(training(with5).filter(({ gradReach }) => gradReach !== undefined).map(({ step }) => step)).toEqual([5, 10])
    expect(training(with5).every(({ gradThrough, step }) => (gradThrough !== undefined) === (step % 5 === 0))).toBe(true)
    expect(training(without).some(({ gradReach }) => gradReach !== undefined)).toBe(false)
    expect(with5.final.weights).toEqual(without.final.weights)
  })

  it('is told once when it fails, and training goes on to the same weights', async () => {
    const backend = await createWasmBackend()
    const refuse: typeof backend.compile = (build) => backend.compile((ops) => {
      const traced = build(ops)
      if (Object.keys(traced.results ?? {}).includes('h_l0')) throw new Error('out of memory')
      return traced
    })
    const broken = await record(options, undefined, { ...backend, compile: refuse, variable: backend.variable.bind(backend) })
    expect(broken.warnings).toMatchObject([{ code: 'training.no-flow', step: 5, message: expect.stringMatching(/gradient flow couldn't be looked at: .*out of memory/) as string, hint: expect.stringContaining('gradientFlowEvery') as string }])
    expect(broken.end).toBe('done')
    expect(training(broken).some(({ gradReach }) => gradReach !== undefined)).toBe(false)
    const whole = await record(options, undefined, await createWasmBackend())
    expect(whole.warnings).toEqual([])
    expect(broken.final.weights).toEqual(whole.final.weights)
  })

  it('tells the same after a break', async () => {
    const whole = await record(options)
    const first = await record({ ...options, experiment: textExperiment({ epochs: 3, gradientFlowEvery: 5, maxSteps: 7 }) })
    const second = await record({ ...options, checkpoint: first.final })
    expect(training(second).find(({ step }) => step === 10)).toMatchObject({ gradReach: training(whole)[9]!.gradReach, gradThrough: training(whole)[9]!.gradThrough })
  })
})

it('lags: one by one, then ever further apart, the longest last', () => {
  expect(lagsOf(4)).toEqual([0, 1, 2, 3])
  const lags = lagsOf(1000)
  expect(lags.length).toBeLessThan(90)
  expect(lags.at(-1)).toBe(999)
  expect(lags).toEqual([...new Set(lags)].sort((a, b) => a - b))
})
