import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '@main/engine/backends/backend'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { decodeSequences, type DecodedSequence } from '@main/engine/generate/decode-sequences'
import { trainingBatches } from '@main/engine/training/batches'
import type { SequencePairs } from '@main/engine/training/prepared-data'
import { createSession } from '@main/engine/training/session'
import type { Checkpoint, Weights } from '@main/engine/training/types'
import { createOracleBackend } from '../oracle/oracle-backend'
import { reversalData, reversalExperiment } from './pairs'
import { record, steadyHost, training, validation } from './session-harness'

let backend: Backend
beforeAll(async () => { backend = await createWasmBackend() })

const untimed = ({ progress, ...rest }: Checkpoint) => ({ ...rest, progress: { ...progress, elapsedMs: 0 } })
const none = () => undefined

const sourcesOf = ({ steps, validation: { count, source, sourceLengths } }: SequencePairs) => Array.from({ length: count }, (_, index) => source.slice(index * steps, index * steps + sourceLengths[index]!))
const right = ({ targetSteps, validation: { target, targetLengths } }: SequencePairs, decoded: DecodedSequence[]) =>
  decoded.filter(({ tokens, ended }, index) => ended && [...tokens].join() === [...target.slice(index * targetSteps, index * targetSteps + targetLengths[index]! - 1)].join()).length

describe('batches of pairs', () => {
  it('give the decoder the target one step late, behind the start token', () => {
    const data = reversalData(3, 0)
    const batches = trainingBatches(data, reversalExperiment({ batchSize: 2, shuffle: false }))
    const { x, y, decoder, lengths, targetLengths, tokens, valid } = batches.fill(1, null)
    expect([batches.layout.batches, batches.targetSteps]).toEqual([2, Math.max(...data.train.targetLengths)])
    const length = data.train.sourceLengths[2]!
    expect([...lengths]).toEqual([length, 0])
    expect([...targetLengths!]).toEqual([length + 1, 0])
    expect([tokens, valid]).toEqual([2 * length + 1, length + 1])
    for (let step = 0; step < length; step++) expect(x[step * 2]).toBe(data.train.source[2 * 5 + step])
    for (let step = 0; step <= length; step++) {
      expect(y[step * 2]).toBe(data.train.target[2 * 6 + step])
      expect(decoder![step * 2]).toBe(step === 0 ? 1 : data.train.target[2 * 6 + step - 1])
    }
  })
})

describe('an encoder and decoder', () => {
  it.each([
    { name: 'GRU', model: { cell: 'gru' as const }, teacherForcing: 1 },
    { name: 'LSTM with attention, its encoder in two directions, now and then on its own tokens', model: { cell: 'lstm' as const, attention: true, bidirectional: true }, teacherForcing: 0.8 },
  ])('learns to turn digits round: $name', async ({ model, teacherForcing }) => {
    const data = reversalData(600, 60)
    const experiment = reversalExperiment({ epochs: 80, batchSize: 50, teacherForcing, optimizer: { kind: 'adam', learningRate: 0.01 }, schedule: { kind: 'cosine' } }, { ...model, hiddenSize: 24 })
    const run = await record({ experiment, data }, none, backend)
    const losses = validation(run).map(({ loss }) => loss)
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 4)
    const args = { model: experiment.model, inputSize: 5, outputSize: 8, weights: run.final.weights, sources: sourcesOf(data), startToken: 1, endToken: 2, mostSteps: 8 }
    const [greedy, wide] = [await decodeSequences(backend, { ...args, beam: 1 }), await decodeSequences(backend, { ...args, beam: 4 })]
    expect(right(data, greedy)).toBeGreaterThan(50)
    // More probable isn't always right: a wide beam now and then ends too soon or too late.
    expect(right(data, wide)).toBeGreaterThan(45)
    for (const [index, { tokens, logProbability, attention }] of greedy.entries()) {
      expect(logProbability).toBeLessThanOrEqual(0)
      if (!model.attention) { expect(attention).toBeNull(); continue }
      expect(attention).toMatchObject({ rows: tokens.length + 1, columns: args.sources[index]!.length })
      for (let row = 0; row < attention!.rows; row++) {
        expect(attention!.weights.subarray(row * attention!.columns, (row + 1) * attention!.columns).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
      }
    }
  }, 60_000)

  it.each([
    { name: 'taught', changes: {}, model: { dropout: 0.2, layers: 2, attention: true, cell: 'lstm' as const } },
    { name: 'on its own tokens half the time', changes: { teacherForcing: 0.5 }, model: { inputDropout: 0.2, bidirectional: true } },
  ])('stopped at any step and resumed is bit-identical: $name', async ({ changes, model }) => {
    const options = { experiment: reversalExperiment({ epochs: 2, checkpointEvery: 3, ...changes }, model), data: reversalData(60, 20) }
    const whole = await record(options)
    for (let at = 1; at < whole.session.plan.totalSteps; at++) {
      const first = await record(options, (step, session) => { if (step === at) session.stop() })
      expect(untimed((await record({ ...options, checkpoint: first.final })).final)).toEqual(untimed(whole.final))
    }
  })

  it('without teacher forcing reads its own tokens: the loss is another from the first step on, the draw the seed’s', async () => {
    const losses = async (teacherForcing: number, seed = 1) => training(await record({ experiment: reversalExperiment({ epochs: 1, teacherForcing, seed }), data: reversalData(60, 0) })).map(({ loss }) => loss)
    const [taught, alone] = [await losses(1), await losses(0)]
    expect(alone[0]).not.toBe(taught[0])
    expect(await losses(0)).toEqual(alone)
  })
})

describe('decoding', () => {
  const data = reversalData(40, 12)
  const experiment = reversalExperiment({ epochs: 2 }, { attention: true, cell: 'lstm', layers: 2 })
  let weights: Weights
  beforeAll(async () => { weights = (await record({ experiment, data })).final.weights })
  const args = () => ({ model: experiment.model, inputSize: 5, outputSize: 8, weights, sources: sourcesOf(data), startToken: 1, endToken: 2, mostSteps: 7 })

  /** ln p of given tokens, by the training program's own loss. */
  const logProbabilityOf = async (source: Int32Array, tokens: number[]): Promise<number> => {
    const part = { count: 1, source: Int32Array.from({ length: 5 }, (_, step) => source[step] ?? 0), sourceLengths: Int32Array.of(source.length), target: Int32Array.from({ length: 8 }, (_, step) => tokens[step] ?? 0), targetLengths: Int32Array.of(tokens.length) }
    const one = { ...data, targetSteps: 8, train: part, validation: { ...part, count: 0 } }
    const session = await createSession(createOracleBackend(), { experiment: { ...experiment, training: { ...experiment.training, epochs: 1, maxSteps: 1 } }, data: one, initial: weights }, steadyHost())
    let loss = NaN
    await session.run({ metric: (metric) => { loss = metric.loss }, checkpoint: async () => undefined })
    return -loss * tokens.length
  }

  it('step by step gives the probabilities of the whole program', async () => {
    const decoded = await decodeSequences(createOracleBackend(), { ...args(), beam: 1 })
    for (const [index, { tokens, ended, logProbability }] of decoded.entries()) {
      expect(logProbability).toBeCloseTo(await logProbabilityOf(args().sources[index]!, [...tokens, ...(ended ? [2] : [])]), 4)
    }
  })

  it('with a beam of as many as there are finds the most probable sequence of all', async () => {
    // Every sequence of up to two tokens, ended within three steps, by brute force.
    const source = args().sources[0]!
    const others = [0, 1, 3, 4, 5, 6, 7]
    const all = [[2], ...others.flatMap((a) => [[a, 2], ...others.map((b) => [a, b, 2])])]
    const probabilities = await Promise.all(all.map((tokens) => logProbabilityOf(source, tokens)))
    const best = probabilities.indexOf(Math.max(...probabilities))
    const [found] = await decodeSequences(createOracleBackend(), { ...args(), sources: [source], mostSteps: 3, beam: 60, lengthPenalty: 0 })
    expect([...found!.tokens, 2]).toEqual(all[best])
    expect(found!.logProbability).toBeCloseTo(probabilities[best]!, 4)
  })

  it('refuses an empty source and unknown tokens', async () => {
    await expect(decodeSequences(backend, { ...args(), sources: [new Int32Array(0)], beam: 1 })).rejects.toMatchObject({ code: 'input.invalid' })
    await expect(decodeSequences(backend, { ...args(), sources: [Int32Array.of(9)], beam: 1 })).rejects.toThrow('0 to 4 but is 9')
  })
})
