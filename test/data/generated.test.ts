import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generatedDataSchema } from '@shared/experiment/data/generated'
import { sequencesPreviewSchema } from '@shared/rpc/schemas'
import { prepare } from '@main/data/prepare'
import { copyExamples, copyWithoutMemory } from '@main/data/sequences/copy'
import { previewGenerated } from '@main/data/sequences/generated'
import { reberExamples } from '@main/data/sequences/reber'
import { Random } from '@main/engine/random'
import { legalAfter, legalNext, reberString, reberSymbols } from '@main/engine/tasks/reber-grammar'
import type { SequenceSet } from '@main/engine/training/prepared-data'
import { readTensors } from '@main/services/serve-data'
import { experimentOn, failureOf } from './support'

const everyStep = { output: 'every-step', loss: 'cross-entropy' } as const
const generated = (generator: 'copy' | 'reber', rest: { steps?: number; examples?: number; validation?: number; test?: number } = {}, seed = 1) =>
  prepare(experimentOn({ kind: 'generated', generator, examples: 100, ...rest }, { task: everyStep, seed }), '', readTensors)

describe('the copying problem', () => {
  it('is laid out as Arjovsky, Shah & Bengio have it', () => {
    const delay = 5
    const { x, y } = copyExamples(delay, 200, 3)
    for (let row = 0; row < 200; row++) {
      const [input, target] = [x, y].map((all) => [...all.subarray(row * 25, (row + 1) * 25)]) as [number[], number[]]
      const symbols = input.slice(0, 10)
      expect(Math.max(...symbols)).toBeLessThan(8)
      expect(input.slice(10)).toEqual([8, 8, 8, 8, 9, ...new Array(10).fill(8)])
      expect(target).toEqual([...new Array(15).fill(8), ...symbols])
    }
    expect(new Set(x.filter((id) => id < 8)).size).toBe(8)
  })

  it('without memory costs 10 ln 8 / (T + 20), 0.416 at T = 30, and is reported first', async () => {
    expect(copyWithoutMemory(30)).toBeCloseTo(0.416, 3)
    const { data, baselines, inputSize, outputSize, vocabulary } = await generated('copy', { steps: 30 })
    expect((data as SequenceSet).steps).toBe(50)
    expect([inputSize, outputSize, vocabulary!.length]).toEqual([10, 9, 10])
    expect(baselines[0]).toMatchObject({ name: 'Without memory', loss: copyWithoutMemory(30), accuracy: (40 + 10 / 8) / 50 })
    expect(baselines.map(({ loss }) => loss)).toEqual(baselines.map(({ loss }) => loss).sort((a, b) => a - b))
  })

  it('is the same for the same seed and another for another', () => {
    expect(copyExamples(10, 20, 1)).toEqual(copyExamples(10, 20, 1))
    expect(copyExamples(10, 20, 1).x).not.toEqual(copyExamples(10, 20, 2).x)
  })
})

describe('the embedded Reber grammar', () => {
  const text = (ids: Iterable<number>) => Array.from(ids, (id) => reberSymbols[id]).join('')
  const ids = (symbols: string) => Array.from(symbols, (symbol) => reberSymbols.indexOf(symbol as 'B'))
  /** Reber's graph as a regular expression, worked out from its figure: an independent description of the same language. */
  const inner = 'B(TS*X(XT*VP)*(S|XT*VV)|PT*V(PXT*V)*(V|PS))E'
  const embedded = new RegExp(`^B(T${inner}T|P${inner}P)E$`)

  it('its strings are those of the grammar, none longer than asked', () => {
    const random = new Random(1)
    for (let count = 0; count < 3000; count++) {
      const string = reberString(random, 30)
      expect(text(string)).toMatch(embedded)
      expect(string.length).toBeLessThanOrEqual(30)
    }
  })

  it('legalNext allows exactly what some string of the grammar goes on with', () => {
    const random = new Random(2)
    const follow = new Map<string, Set<number>>()
    for (let count = 0; count < 20_000; count++) {
      const string = reberString(random, 20)
      for (let at = 0; at < Math.min(8, string.length); at++) {
        const prefix = text(string.subarray(0, at))
        follow.set(prefix, (follow.get(prefix) ?? new Set()).add(string[at]!))
      }
    }
    expect(follow.size).toBeGreaterThan(50)
    for (const [prefix, next] of follow) expect(legalNext(ids(prefix)), prefix).toEqual([...next].sort((a, b) => a - b))
    expect(legalNext(ids('BTBTXSETE'))).toEqual([])
  })

  it('the second symbol must come again', () => {
    expect(legalNext(ids('BTBTXSE'))).toEqual(ids('T'))
    expect(legalNext(ids('BPBTXSE'))).toEqual(ids('P'))
  })

  it('an illegal symbol is named with its place', async () => {
    const error = await failureOf(Promise.resolve().then(() => legalNext(ids('BTBV'))))
    expect(error).toMatchObject({ code: 'input.invalid', where: { column: 4 }, message: 'Symbol 4 should be T or P by the embedded Reber grammar but is V.' })
    expect((await failureOf(Promise.resolve().then(() => legalAfter(ids('BTBTXSETEB'))))).message).toMatch(/Symbol 10 should be no further symbol/)
  })

  it('legalAfter is legalNext of every prefix, and holds what comes next', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const string = reberString(new Random(seed), 50)
      const legal = legalAfter(string)
      legal.forEach((symbols, step) => {
        expect(symbols).toEqual(legalNext(string.subarray(0, step + 1)))
        if (step + 1 < string.length) expect(symbols).toContain(string[step + 1])
      })
    }))
  })

  it('targets are the next symbols, within each string’s length', async () => {
    const { x, y, lengths } = reberExamples(50, 300, 4)
    lengths.forEach((length, row) => {
      const [input, target] = [x, y].map((all) => all.subarray(row * 49, row * 49 + length)) as [Int32Array, Int32Array]
      expect(text([...input, target.at(-1)!])).toMatch(embedded)
      expect([...input.subarray(1)]).toEqual([...target.subarray(0, -1)])
    })
    const { data, baselines } = await generated('reber')
    expect(data).toMatchObject({ form: 'sequences', input: 'tokens', target: 'classes', steps: 49, inputSize: 7, outputSize: 7 })
    expect(baselines.map(({ name }) => name)).toEqual(['By this token alone', 'Majority class'])
  })

  it('asks for strings long enough', async () => {
    expect(await failureOf(generated('reber', { steps: 8 }))).toMatchObject({ code: 'dataset.too-short', where: { parameter: 'data.steps' } })
  })
})

describe('previews', () => {
  it('show the examples that are made of the same seed', async () => {
    const spec = (generator: 'copy' | 'reber', steps: number) => generatedDataSchema.parse({ kind: 'generated', generator, steps, examples: 100 })
    const copy = sequencesPreviewSchema.parse(previewGenerated(spec('copy', 4), 7))
    expect(copy).toMatchObject({ count: 100, steps: 24, task: expect.stringContaining('4 steps later') })
    for (const { inputs, targets } of copy.examples) {
      expect([inputs.length, targets.length]).toEqual([24, 24])
      expect(inputs.join('')).toMatch(/^[a-h]{10}···\?·{10}$/)
      expect(targets.join('')).toBe(`${'·'.repeat(14)}${inputs.slice(0, 10).join('')}`)
    }
    const { data } = await generated('reber', { steps: 30 }, 7)
    const reber = sequencesPreviewSchema.parse(previewGenerated(spec('reber', 30), 7))
    const { steps, train } = data as SequenceSet
    reber.examples.forEach(({ inputs, targets }, row) => {
      expect(inputs).toEqual([...train.x.subarray(row * steps, row * steps + train.lengths![row]!)].map((id) => reberSymbols[id]))
      expect([...inputs, targets.at(-1)!].join('')).toMatch(/^B([TP])B.*E\1E$/)
    })
    expect(previewGenerated({ ...spec('copy', 4), generator: 'adding' }, 7)).toMatchObject({ kind: 'generated', steps: 4 })
  })
})

it('what would not fit is refused before it is made', async () => {
  for (const generator of ['copy', 'reber'] as const) {
    expect(await failureOf(generated(generator, { steps: 10_000, examples: 1_000_000 }))).toMatchObject({ code: 'dataset.too-large' })
  }
})

it('a task the generator doesn’t make is refused', async () => {
  const experiment = experimentOn({ kind: 'generated', generator: 'copy' }, { task: { output: 'last-step', loss: 'cross-entropy' } })
  expect(await failureOf(prepare(experiment, '', readTensors))).toMatchObject({ code: 'experiment.task', message: expect.stringContaining('the generator "copy" needs "every-step"') })
})
