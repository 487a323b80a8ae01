import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketBounds, countLengths, paddedTo, paddingShare } from '@shared/model/buckets'
import { Random } from '@main/engine/random'
import { evaluationBatches, trainingBatches } from '@main/engine/training/batches'
import { bucketedOrder, bucketsOf } from '@main/engine/training/buckets'
import type { PreparedData, SequenceSet } from '@main/engine/training/prepared-data'
import { addingExperiment } from './experiments'
import { reversalData, reversalExperiment } from './pairs'
import { record, training, validation } from './session-harness'

const lengthsOf = (most: number) => fc.array(fc.integer({ min: 1, max: most }), { minLength: 1, maxLength: 60 })
const computed = (lengths: number[], bounds: readonly number[]) => lengths.reduce((sum, length) => sum + paddedTo(bounds, length), 0)

describe('the lengths that sequences are padded to', () => {
  it('are, for their number, those of least padding: held against all others', () => {
    fc.assert(fc.property(lengthsOf(9), fc.integer({ min: 1, max: 4 }), (lengths, most) => {
      const bounds = bucketBounds(countLengths(lengths), most)
      expect(bounds).toEqual([...new Set(bounds)].sort((a, b) => a - b))
      expect(bounds.length).toBeLessThanOrEqual(most)
      expect(bounds.at(-1)).toBe(Math.max(...lengths))
      for (let chosen = 0; chosen < 2 ** 9; chosen++) {
        const other = Array.from({ length: 9 }, (_, bit) => bit + 1).filter((bound) => chosen & (1 << (bound - 1)))
        if (other.length <= bounds.length && (other.at(-1) ?? 0) >= Math.max(...lengths)) expect(computed(lengths, bounds)).toBeLessThanOrEqual(computed(lengths, other))
      }
    }), { numRuns: 40 })
  })

  it('are one where all are alike, and few where one more would save little', () => {
    expect(bucketBounds(countLengths([7, 7, 7]), 6)).toEqual([7])
    expect(bucketBounds(countLengths([...new Array<number>(500).fill(100), 99]), 6)).toEqual([100])
    expect(bucketBounds(countLengths([]), 6)).toEqual([])
  })

  it('are found in time for very many different lengths', () => {
    const lengths = Array.from({ length: 20_000 }, (_, index) => 1 + (index * 7919) % 20_000)
    const bounds = bucketBounds(countLengths(lengths), 6)
    expect(bounds.at(-1)).toBe(20_000)
    // K equal steps of a uniform distribution waste 1 / (K + 1) of what is computed; a sixth would save less than 2%.
    expect(bounds.length).toBe(5)
    expect(paddingShare(countLengths(lengths), bounds)).toBeCloseTo(1 / 6, 2)
  })

  it('tell the share of padding', () => {
    const counts = countLengths([1, 1, 4, 4, 10])
    expect(paddingShare(counts, [10])).toBeCloseTo(1 - 20 / 50)
    expect(paddingShare(counts, [4, 10])).toBeCloseTo(1 - 20 / 26)
    expect(paddingShare(counts, [1, 4, 10])).toBe(0)
    expect(paddingShare([], [])).toBe(0)
  })
})

describe('a shuffled epoch', () => {
  it('visits every sequence once, in ⌈n / batch⌉ batches of which one may not be full, the same for the same seed', () => {
    fc.assert(fc.property(lengthsOf(30), fc.integer({ min: 1, max: 9 }), fc.integer(), (lengths, batch, seed) => {
      const buckets = bucketsOf([lengths], Math.ceil(lengths.length / batch))
      const order = bucketedOrder(buckets, batch, new Random(seed, 1))
      expect(order.length).toBe(Math.ceil(lengths.length / batch) * batch)
      expect([...order].filter((item) => item >= 0).sort((a, b) => a - b)).toEqual(lengths.map((_, index) => index))
      expect(bucketedOrder(buckets, batch, new Random(seed, 1))).toEqual(order)
      // No more batches mix two buckets than there are bounds between buckets.
      const mixed = Array.from({ length: order.length / batch }, (_, index) => new Set([...order.subarray(index * batch, (index + 1) * batch)].filter((item) => item >= 0).map((item) => buckets.of[item])).size)
        .filter((count) => count > 1).length
      expect(mixed).toBeLessThan(Math.max(1, buckets.count))
    }))
  })

  it('of pairs brings sources and targets of similar length together', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })), { minLength: 1, maxLength: 60 }), (pairs) => {
      const [sources, targets] = [pairs.map(([source]) => source), pairs.map(([, target]) => target)]
      const { bounds, of, count } = bucketsOf([sources, targets], 100)
      expect(count).toBe(bounds[0]!.length * bounds[1]!.length)
      expect(count).toBeLessThanOrEqual(9)
      const shapes = new Map<number, string>()
      for (const [index, bucket] of of.entries()) {
        expect(bucket).toBeLessThan(count)
        const shape = [paddedTo(bounds[0]!, sources[index]!), paddedTo(bounds[1]!, targets[index]!)].join()
        expect(shapes.get(bucket) ?? shape).toBe(shape)
        shapes.set(bucket, shape)
      }
      expect(new Set(shapes.values()).size).toBe(shapes.size)
    }))
  })
})

/** Sequences from 1 to 24 steps, two numbers a step. */
function ragged(count: number, steps: number): SequenceSet {
  const random = new Random(5)
  const part = (size: number) => {
    const x = Float32Array.from({ length: size * steps * 2 }, () => random.uniform() * 2 - 1)
    const lengths = Int32Array.from({ length: size }, (_, index) => 1 + (index * 7) % 24)
    return { count: size, x, y: Float32Array.from({ length: size }, (_, index) => x[index * steps * 2]!), lengths }
  }
  return { form: 'sequences', input: 'values', target: 'values', inputSize: 2, outputSize: 1, steps, train: part(count), validation: part(19), test: part(0) }
}

/** The same sequences with more room behind them. */
function roomier(data: SequenceSet, steps: number): SequenceSet {
  const part = ({ count, x, y, lengths }: SequenceSet['train']) => {
    const wider = new Float32Array(count * steps * 2).fill(1e9)
    for (let index = 0; index < count; index++) wider.set(x.subarray(index * data.steps * 2, (index + 1) * data.steps * 2), index * steps * 2)
    return { count, x: wider, y, lengths }
  }
  return { ...data, steps, train: part(data.train), validation: part(data.validation), test: part(data.test) }
}

describe('batches of different lengths', () => {
  it('are padded to their own bucket: in file order each sequence as it stands, the last batch not full', () => {
    const data = ragged(18, 24)
    const batches = trainingBatches(data, addingExperiment({ batchSize: 4, shuffle: false }))
    const seen: number[] = []
    for (let index = 0; index < batches.layout.batches; index++) {
      const { steps, x, lengths } = batches.fill(index, null)
      expect(x.length).toBe(steps * 4 * 2)
      expect(steps).toBeGreaterThanOrEqual(Math.max(...lengths))
      seen.push(...[...lengths].filter((length) => length > 0))
    }
    expect(seen).toEqual([...data.train.lengths!])
  })

  it('leave the bounds to the training part: a longer sequence held out pads nothing', () => {
    const data = ragged(18, 24)
    const short = { ...data, train: { ...data.train, lengths: data.train.lengths!.map((length) => Math.min(length, 5)) } }
    const batches = trainingBatches(short, addingExperiment({ batchSize: 4 }))
    expect(batches.layout.steps).toBe(5)
    expect(evaluationBatches(short, 'validation', addingExperiment())!.layout.steps).toBe(24)
  })

  it('waste less than one length for all, over an epoch of shuffled batches', () => {
    const data = ragged(400, 24)
    const batches = trainingBatches(data, addingExperiment({ batchSize: 8 }))
    const order = batches.layout.draw(new Random(3))
    let [read, steps] = [0, 0]
    for (let index = 0; index < batches.layout.batches; index++) {
      const batch = batches.fill(index, order)
      read += batch.tokens
      steps += batch.steps * 8
    }
    const lengths = countLengths(data.train.lengths!)
    expect(read).toBe(data.train.lengths!.reduce((sum, length) => sum + length, 0))
    expect(1 - read / steps).toBeLessThan(paddingShare(lengths, [24]) / 2)
    expect(1 - read / steps).toBeCloseTo(paddingShare(lengths, bucketBounds(lengths, 6)), 1)
  })

  it('give the same run however much room is left behind the sequences', async () => {
    const run = async (data: PreparedData) => record({ data, experiment: addingExperiment({ batchSize: 4, epochs: 2 }) })
    const [tight, roomy] = [await run(ragged(30, 24)), await run(roomier(ragged(30, 24), 40))]
    expect(training(roomy).map(({ loss, gradNorm }) => [loss, gradNorm])).toEqual(training(tight).map(({ loss, gradNorm }) => [loss, gradNorm]))
    expect(validation(roomy).map(({ loss }) => loss)).toEqual(validation(tight).map(({ loss }) => loss))
    expect(roomy.final.weights).toEqual(tight.final.weights)
  })

  it('have a mean validation loss that depends on neither batch size nor bucket', async () => {
    const loss = async (batchSize: number) => validation(await record({ data: ragged(30, 24), experiment: addingExperiment({ batchSize, maxSteps: 1, optimizer: { kind: 'sgd', learningRate: 1e-30 } }) })).at(-1)!.loss
    const alone = await loss(1)
    for (const batchSize of [2, 3, 7, 19, 30]) expect(await loss(batchSize)).toBeCloseTo(alone, 6)
  })

  it('of pairs too: every pair once an epoch, each side padded by itself', () => {
    const data = reversalData(150, 40, 20)
    const batches = trainingBatches(data, reversalExperiment({ batchSize: 16 }))
    const order = batches.layout.draw(new Random(4))
    const read = { tokens: 0, valid: 0, shapes: new Set<string>() }
    for (let index = 0; index < batches.layout.batches; index++) {
      const { steps, targetSteps, x, y, decoder, lengths, targetLengths, tokens, valid } = batches.fill(index, order)
      expect([x.length, y.length, decoder!.length]).toEqual([steps * 16, targetSteps! * 16, targetSteps! * 16])
      expect(steps).toBeGreaterThanOrEqual(Math.max(...lengths))
      expect(targetSteps).toBeGreaterThanOrEqual(Math.max(...targetLengths!))
      read.tokens += tokens
      read.valid += valid
      read.shapes.add(`${steps} ${targetSteps}`)
    }
    const total = (lengths: Int32Array) => lengths.reduce((sum, length) => sum + length, 0)
    expect(read.valid).toBe(total(data.train.targetLengths))
    expect(read.tokens).toBe(total(data.train.sourceLengths) + read.valid)
    expect(read.shapes.size).toBeGreaterThan(1)
  })
})
