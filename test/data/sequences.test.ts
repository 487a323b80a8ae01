import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import { generatedPreviewSchema } from '@shared/rpc/schemas'
import { prepare } from '@main/data/prepare'
import { addingExamples, previewAdding } from '@main/data/sequences/adding'
import { writeSafetensors, type SafetensorsTensor } from '@main/formats/safetensors'
import { readTensors } from '@main/services/serve-data'
import { sharedMissing, sharedPath } from '../support/shared-folder'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
const f32 = (shape: number[], values?: number[]): SafetensorsTensor => ({ dtype: 'F32', shape, data: Float32Array.from(values ?? new Array(shape.reduce((a, b) => a * b, 1)).fill(0)) })
const i32 = (shape: number[], values?: number[]): SafetensorsTensor => ({ dtype: 'I32', shape, data: Int32Array.from(values ?? new Array(shape.reduce((a, b) => a * b, 1)).fill(0)) })

const classify = (output: 'every-step' | 'last-step'): Experiment['task'] => ({ output, loss: 'cross-entropy' })
const regress = (output: 'every-step' | 'last-step'): Experiment['task'] => ({ output, loss: 'mse' })

function prepareTensors(tensors: Record<string, SafetensorsTensor>, task: Experiment['task'], data: { validation?: number; test?: number; classes?: number; vocabulary?: number } = {}) {
  write('data.safetensors', writeSafetensors(tensors))
  return prepare(experimentOn({ kind: 'tensors', source: 'data.safetensors', validation: 0, test: 0, ...data }, { task }), folder, readTensors)
}

describe('tensors that do not agree are refused', () => {
  test.each<[string, Record<string, SafetensorsTensor>, Experiment['task'], object, string, RegExp]>([
    ['no x', { y: i32([2]) }, classify('last-step'), {}, 'x', /there is no tensor "x"; it has "y"/],
    ['no y', { x: f32([2, 3, 1]) }, classify('last-step'), {}, 'y', /there is no tensor "y"/],
    ['x flat', { x: f32([6]), y: i32([6]) }, classify('last-step'), {}, 'x', /"x" must be F32 \[N, T, I\] or I32 \[N, T\]; it is F32 \[6\]/],
    ['x without elements', { x: f32([2, 0, 1]), y: i32([2]) }, classify('last-step'), {}, 'x', /no elements/],
    ['y one sequence short', { x: f32([3, 2, 1]), y: i32([2]) }, classify('last-step'), {}, 'y', /"y" must be I32 \[3\].*it is I32 \[2\]/],
    ['y for the other output', { x: f32([3, 2, 1]), y: i32([3]) }, classify('every-step'), {}, 'y', /"y" must be I32 \[3, 2\]/],
    ['y for the other loss', { x: f32([3, 2, 1]), y: i32([3]) }, regress('last-step'), {}, 'y', /"y" must be F32 \[3, O\]/],
    ['a token beyond the vocabulary', { x: i32([1, 3], [0, 5, 1]), y: i32([1]) }, classify('last-step'), { vocabulary: 5 }, 'x', /element 1 of "x" is 5; it must lie in 0 to 4/],
    ['a negative class', { x: f32([2, 1, 1]), y: i32([2], [0, -1]) }, classify('last-step'), {}, 'y', /element 1 of "y" is -1/],
    ['an id beyond any vocabulary', { x: i32([1, 1], [2 ** 30]), y: i32([1]) }, classify('last-step'), {}, 'x', /more than a million/],
    ['a length of zero', { x: f32([2, 3, 1]), y: i32([2]), lengths: i32([2], [1, 0]) }, classify('last-step'), {}, 'lengths', /lengths\[1\] is 0; it must lie in 1 to 3/],
    ['a length beyond T', { x: f32([2, 3, 1]), y: i32([2]), lengths: i32([2], [4, 1]) }, classify('last-step'), {}, 'lengths', /lengths\[0\] is 4/],
    ['too few lengths', { x: f32([2, 3, 1]), y: i32([2]), lengths: i32([1], [1]) }, classify('last-step'), {}, 'lengths', /"lengths" must be I32 \[2\]/],
    ['an input that is not finite', { x: f32([1, 2, 1], [1, NaN]), y: i32([1]) }, classify('last-step'), {}, 'x', /element 1 of "x" is NaN/],
  ])('%s', async (_name, tensors, task, data, parameter, message) => {
    const error = await failureOf(prepareTensors(tensors, task, data))
    expect(error).toMatchObject({ code: 'dataset.tensors', where: { parameter } })
    expect(error.message).toMatch(message)
  })

  it('and so are files of another format', async () => {
    write('data.safetensors', 'not tensors at all')
    const source = (name: string) => prepare(experimentOn({ kind: 'tensors', source: name }), folder, readTensors)
    expect(await failureOf(source('data.safetensors'))).toMatchObject({ code: 'format.safetensors', where: { file: `${folder}/data.safetensors` } })
    expect(await failureOf(source('data.npz'))).toMatchObject({ code: 'file.not-found' })
    expect((await failureOf(source('none.safetensors'))).code).toBe('file.not-found')
  })
})

describe('tensors', () => {
  it('are split in the file’s order into parts that are together the whole', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 4, max: 30 }), fc.double({ min: 0, max: 0.4, noNaN: true }), fc.double({ min: 0, max: 0.4, noNaN: true }), async (count, validation, held) => {
      const numbers = Array.from({ length: count * 6 }, (_, index) => index)
      const { data, split, length } = await prepareTensors({ x: f32([count, 3, 2], numbers), y: f32([count, 1], numbers.slice(0, count)), lengths: i32([count], numbers.slice(0, count).map((at) => 1 + at % 3)) }, regress('last-step'), { validation, test: held })
      if (data.form !== 'sequences') throw new Error(data.form)
      const parts = [data.train, data.validation, data.test]
      expect(parts.flatMap(({ x }) => [...x])).toEqual(numbers)
      expect(parts.flatMap(({ y }) => [...y])).toEqual(numbers.slice(0, count))
      expect(parts.flatMap(({ lengths }) => [...lengths!])).toEqual(numbers.slice(0, count).map((at) => 1 + at % 3))
      expect(split.map(({ count: size }) => size)).toEqual(parts.map(({ count: size }) => size))
      expect([length, data.inputSize, data.outputSize, data.steps]).toEqual([count, 2, 1, 3])
    }), { numRuns: 40 })
  })

  it('take sizes from the experiment, else from the largest id, and 64-bit ids as they come', async () => {
    const x: SafetensorsTensor = { dtype: 'I64', shape: [2, 2], data: BigInt64Array.of(0n, 3n, 1n, 2n) }
    expect(await prepareTensors({ x, y: i32([2], [0, 2]) }, classify('last-step'))).toMatchObject({ inputSize: 4, outputSize: 3, unit: null })
    expect(await prepareTensors({ x, y: i32([2], [0, 2]) }, classify('last-step'), { vocabulary: 9, classes: 5 })).toMatchObject({ inputSize: 9, outputSize: 5 })
  })

  it('may hold anything past a sequence’s end, which no baseline counts', async () => {
    const { data, baselines } = await prepareTensors({ x: f32([2, 3, 1]), y: i32([2, 3], [1, -100, -100, 1, 0, 7]), lengths: i32([2], [1, 2]) }, classify('every-step'), { classes: 2 })
    expect([...(data.form === 'sequences' ? data.train.y : [])]).toEqual([1, 0, 0, 1, 0, 0])
    // Valid: 1, 1, 0. With one added to each count: p(1) = 3/5, p(0) = 2/5.
    expect(baselines).toMatchObject([{ name: 'Majority class', accuracy: 2 / 3 }])
    expect(baselines[0]!.loss).toBeCloseTo(-(2 * Math.log(3 / 5) + Math.log(2 / 5)) / 3, 12)
  })

  it.skipIf(sharedMissing !== null)(`of the parity cases are what PyTorch reads${sharedMissing === null ? '' : ` (skipped: ${sharedMissing})`}`, async () => {
    const read = async (name: string) => prepare(experimentSchema.parse(JSON.parse(readFileSync(sharedPath(`parity/${name}/experiment.json`), 'utf8'))), sharedPath(`parity/${name}`), readTensors)
    const classes = await read('rnn-tanh-every-step')
    expect(classes).toMatchObject({ length: 12, inputSize: 5, outputSize: 4, data: { form: 'sequences', input: 'values', target: 'classes', steps: 9 } })
    const values = await read('rnn-relu-lengths-mse')
    expect(values.data).toMatchObject({ target: 'values', train: { count: 12, lengths: expect.any(Int32Array) as Int32Array } })
  })
})

describe('the adding problem', () => {
  it('marks one number in each half, and its answer is their sum', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 0, max: 2 ** 31 - 1 }), (steps, seed) => {
      const count = 20
      const { x, y } = addingExamples(steps, count, seed)
      for (let example = 0; example < count; example++) {
        const marked: number[] = []
        let sum = 0
        for (let step = 0; step < steps; step++) {
          const [value, mark] = [x[2 * (example * steps + step)]!, x[2 * (example * steps + step) + 1]!]
          expect(value >= 0 && value <= 1).toBe(true)
          if (mark === 1) marked.push(step)
          sum += value * mark
        }
        expect(marked.length).toBe(2)
        expect(marked[0]! < Math.floor(steps / 2) && marked[1]! >= Math.floor(steps / 2)).toBe(true)
        expect(y[example]).toBe(Math.fround(sum))
      }
    }), { numRuns: 50 })
  })

  it('is the same for the same seed and another for another, and guessing the mean errs by 1/6', async () => {
    const made = (seed: number) => prepare(experimentOn({ kind: 'generated', generator: 'adding', steps: 20, examples: 20_000, validation: 0.5, test: 0.1 }, { seed }), folder, readTensors)
    const [one, again, other] = await Promise.all([made(1), made(1), made(2)])
    expect(again).toEqual(one)
    expect(other!.data).not.toEqual(one!.data)
    expect(one!.split.map(({ count }) => count)).toEqual([8000, 10_000, 2000])
    // 10,000 squared errors of mean 1/6 and deviation 0.197: the mean's deviation is 0.002.
    expect(Math.abs(one!.baselines[0]!.loss - 1 / 6)).toBeLessThan(0.01)
    expect(one).toMatchObject({ inputSize: 2, outputSize: 1, unit: 'sum', summary: '20,000 sequences of 20 steps' })
  })

  it('shows its first example', () => {
    const { example, steps } = generatedPreviewSchema.parse(previewAdding({ steps: 7, examples: 10 }, 3))
    expect([steps, example.values.length, example.marks.length]).toEqual([7, 7, 7])
    expect(example.sum).toBeCloseTo(example.values.reduce((sum, value, step) => sum + value * example.marks[step]!, 0), 6)
  })

  it('refuses what would not fit', async () => {
    const huge = prepare(experimentOn({ kind: 'generated', generator: 'adding', steps: 10_000, examples: 1_000_000 }), folder, readTensors)
    expect((await failureOf(huge)).code).toBe('dataset.too-large')
  })
})
