import { splitInOrder } from '@main/data/split'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withSplit, undoOf } from '@shared/experiment/split-change'
import type { ExperimentInput } from '@shared/experiment/schema'
import { auditExperiment } from '@main/data/audit/audit-experiment'
import { prepare } from '@main/data/prepare'
import { partsOf, type SplitRule } from '@main/data/splits/parts-of'
import { previewSplit } from '@main/data/splits/preview-split'
import { unitsOf } from '@main/data/splits/units'
import type { Parts } from '@main/data/records/stratified-split'
import type { SequenceSet, ValueStream } from '@main/engine/training/prepared-data'
import { writeSafetensors } from '@main/formats/safetensors'
import { readTensors } from '@main/services/serve-data'
import { temporaryFolder } from '../support/temporary-folder'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
const names = ['train', 'validation', 'test'] as const
const classes = { output: 'last-step', loss: 'cross-entropy' } as const
const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
const items = fc.array(fc.record({ kind: fc.integer({ min: 0, max: 2 }), group: key, text: key }), { minLength: 10, maxLength: 80 })
const rule = (split: SplitRule['split'], gap = 0): fc.Arbitrary<SplitRule> => fc.record({ split: fc.constant(split), validation: fc.double({ min: 0, max: 0.4, noNaN: true }), test: fc.double({ min: 0, max: 0.4, noNaN: true }), gap: fc.constant(gap) })
const seed = fc.integer({ min: 0, max: 9999 })

const all = (parts: Parts) => names.flatMap((part) => [...parts[part]]).sort((a, b) => a - b)
/** In how many parts each key lies. */
const partsOfKeys = (keys: readonly string[], parts: Parts) => {
  const found = new Map<string, Set<string>>()
  for (const part of names) for (const index of parts[part]) found.set(keys[index]!, (found.get(keys[index]!) ?? new Set()).add(part))
  return [...found.values()].map(({ size }) => size)
}

describe('every way to split', () => {
  it.each(['stratified', 'random', 'order'] as const)('%s: parts share nothing and hold everything; equal ones stay on one side', (split) => {
    fc.assert(fc.property(items, rule(split), seed, fc.boolean(), (list, given, drawn, together) => {
      const equal = together ? list.map(({ text }) => text) : null
      const source = { count: list.length, classes: list.map(({ kind }) => kind), groups: null, equal }
      const parts = partsOf(source, given, drawn)
      expect(all(parts)).toEqual(list.map((_, index) => index))
      if (equal !== null) expect(Math.max(...partsOfKeys(equal, parts))).toBe(1)
      expect(partsOf(source, given, drawn)).toEqual(parts)
    }))
  })

  it('by group, with equal ones together besides: neither a group nor a text stands in two parts', () => {
    fc.assert(fc.property(items, rule('stratified'), seed, (list, given, drawn) => {
      const [groups, equal] = [list.map(({ group }, index) => `${group}${index % 5}`), list.map(({ text }, index) => `${text}${index % 9}`)]
      const units = new Set(unitsOf(list.length, [groups, equal]).of).size
      fc.pre(units >= 3)
      const parts = partsOf({ count: list.length, classes: null, groups, equal }, given, drawn)
      expect(all(parts)).toEqual(list.map((_, index) => index))
      for (const keys of [groups, equal]) expect(Math.max(...partsOfKeys(keys, parts))).toBe(1)
    }))
  })

  it('in order with a gap: nothing twice, and only the gap is left out, between two parts', () => {
    fc.assert(fc.property(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 0, max: 5 }), rule('order'), (count, gap, given) => {
      fc.pre(count * (1 - given.validation - given.test) > gap + 1)
      const parts = partsOf({ count, classes: null, groups: null, equal: null }, { ...given, gap }, 1)
      const kept = all(parts)
      expect(new Set(kept).size).toBe(kept.length)
      const held = names.filter((part) => part !== 'train' && parts[part].length > 0).length
      expect(count - kept.length).toBeLessThanOrEqual(gap * 2)
      if (gap > 0 && held > 0) {
        const first = Math.min(...names.slice(1).flatMap((part) => [...parts[part]].slice(0, 1)))
        // A validation part no longer than the gap is left out whole.
        const { trainEnd, validationEnd } = splitInOrder(count, given)
        const eaten = parts.validation.length === 0 ? validationEnd - trainEnd : 0
        expect(first - parts.train.at(-1)! - 1).toBe(gap + eaten)
      }
    }))
  })

  it('a stratified split has each class in its share', () => {
    const list = Array.from({ length: 400 }, (_, index) => index % 4 === 0 ? 1 : 0)
    const parts = partsOf({ count: 400, classes: list, groups: null, equal: null }, { split: 'stratified', validation: 0.1, test: 0.2 }, 3)
    const share = (part: Int32Array) => [...part].filter((index) => list[index] === 1).length
    expect([share(parts.train), share(parts.validation), share(parts.test)]).toEqual([70, 10, 20])
  })

  it('union by either key joins whole chains', () => {
    expect([...unitsOf(5, [['a', 'a', 'b', 'c', 'd'], ['1', '2', '2', '3', '3']]).of]).toEqual([0, 0, 0, 1, 1])
  })
})

describe('records', () => {
  const rows = Array.from({ length: 60 }, (_, index) => ({ name: `n${index % 50}`, language: index % 3 === 0 ? 'x' : 'y', set: index < 40 ? 'Train' : index < 50 ? 'dev' : 'TEST' }))
  const source = write('given.csv', `name,language,set\n${rows.map(({ name, language, set }) => `${name},${language},${set}`).join('\n')}\n`)
  const data = { kind: 'records', source, sequence: 'name', label: 'language', repeats: 'all' } as const

  it('lie where their own column says; a cell that names no part is refused with its line', async () => {
    const experiment = experimentOn({ ...data, split: 'given', part: 'set' }, { task: classes })
    expect((await previewSplit(experiment, folder, readTensors)).parts.map(({ count }) => count)).toEqual([40, 10, 10])
    write('wrong.csv', 'name,language,set\na,x,train\nb,y,tset\nc,x,train\n')
    expect(await failureOf(previewSplit(experimentOn({ ...data, source: 'wrong.csv', split: 'given', part: 'set' }, { task: classes }), folder, readTensors))).toMatchObject({ code: 'dataset.part', where: { line: 3, column: 3 } })
    expect((await failureOf(previewSplit(experimentOn({ ...data, split: 'given' }, { task: classes }), folder, readTensors))).where).toMatchObject({ parameter: 'data.part' })
  })

  it('a preview of the split counts what training then gets, with its classes and what crosses', async () => {
    for (const change of [{}, { together: 'equal' }, { split: 'order' }, { split: 'random', splitSeed: 4 }, { contradictions: 'leave-out' }] as const) {
      const experiment = experimentOn({ ...data, ...change }, { task: classes })
      const [found, prepared] = [await previewSplit(experiment, folder, readTensors), await prepare(experiment, folder, readTensors)]
      expect(found.parts.map(({ count }) => count)).toEqual(prepared.split.map(({ count }) => count))
      expect(found.classes!.list.reduce((sum, { counts }) => sum + counts[0] + counts[1] + counts[2], 0)).toBe(prepared.length)
      if (change.together === 'equal') expect(found.crossing!.count).toBe(0)
    }
  })

  it('another seed of the split draws other records, and leaves the training’s alone', async () => {
    const trainOf = async (splitSeed: number | undefined, trainingSeed: number) => {
      const { data: prepared } = await prepare(experimentOn({ ...data, ...(splitSeed !== undefined && { splitSeed }) }, { task: classes, seed: trainingSeed }), folder, readTensors)
      return [...(prepared as SequenceSet).train.x]
    }
    expect(await trainOf(7, 1)).toEqual(await trainOf(7, 2))
    expect(await trainOf(undefined, 1)).not.toEqual(await trainOf(undefined, 2))
    expect(await trainOf(1, 5)).toEqual(await trainOf(undefined, 1))
  })
})

describe('streams', () => {
  it('a text leaves its gap out between two parts', async () => {
    write('gap.txt', 'abcdefghij'.repeat(20))
    const prepared = await prepare(experimentOn({ kind: 'text', source: 'gap.txt', gap: 5, validation: 0.1, test: 0.1 }), folder, readTensors)
    expect(prepared.split).toEqual([{ part: 'train', from: 0, to: 155, count: 155 }, { part: 'validation', from: 160, to: 175, count: 15 }, { part: 'test', from: 180, to: 200, count: 20 }])
    expect(await previewSplit(experimentOn({ kind: 'text', source: 'gap.txt', gap: 5 }), folder, readTensors)).toMatchObject({ left: 10 })
    expect((await failureOf(prepare(experimentOn({ kind: 'text', source: 'gap.txt', gap: 159 }), folder, readTensors))).code).toBe('dataset.too-short')
  })

  it('series are held out whole, each in one part, with baselines fitted on the others', async () => {
    const rows = Array.from({ length: 8 * 40 }, (_, index) => `s${index % 8},${Math.floor(index / 8)},${(Math.sin(index / 9) + index % 8).toFixed(4)}`)
    write('several.csv', `who,t,v\n${rows.join('\n')}\n`)
    const spec = { kind: 'series', source: 'several.csv', columns: ['v'], target: ['v'], time: 't', key: 'who', split: 'key', validation: 0.2, test: 0.2 } satisfies ExperimentInput['data']
    const experiment = experimentOn(spec)
    const prepared = await prepare(experiment, folder, readTensors)
    expect(prepared.split.map(({ count }) => count)).toEqual([160, 80, 80])
    expect((prepared.data as ValueStream).validation.starts).toHaveLength(2)
    expect(prepared.baselines.map(({ name }) => name)).toContain('Naive')
    for (const { loss } of prepared.baselines) expect(loss).toBeGreaterThan(0)
    const { groups, series } = await previewSplit(experiment, folder, readTensors)
    expect(series).toBe(8)
    expect(names.map((part) => groups!.list.filter((each) => each.part === part).length)).toEqual([4, 2, 2])
    expect((await failureOf(prepare(experimentOn({ ...spec, key: null }), folder, readTensors))).where).toMatchObject({ parameter: 'data.split' })
  })
})

describe('tensors', () => {
  const count = 60
  const file = () => {
    const at = temporaryFolder()
    const x = Int32Array.from({ length: count * 4 }, (_, index) => (Math.floor(index / 4) % 20) * 4 + index % 4)
    writeFileSync(join(at, 't.safetensors'), writeSafetensors({ tokens: { dtype: 'I32', shape: [count, 4], data: x }, kinds: { dtype: 'I32', shape: [count], data: Int32Array.from({ length: count }, (_, row) => row % 3) }, who: { dtype: 'I32', shape: [count], data: Int32Array.from({ length: count }, (_, row) => row % 12) } }))
    return at
  }
  const data = { kind: 'tensors', source: 't.safetensors', x: 'tokens', y: 'kinds', validation: 0.2, test: 0.2 } as const

  it('by any name, drawn as asked, with groups and equal ones on one side', async () => {
    const at = file()
    for (const change of [{}, { split: 'random' }, { split: 'stratified' }, { group: 'who' }, { together: 'equal' }, { gap: 3 }] as const) {
      const prepared = await prepare(experimentOn({ ...data, ...change }, { task: classes }), at, readTensors)
      const counts = prepared.split.map((part) => part.count)
      expect(counts.reduce((sum, each) => sum + each, 0)).toBe('gap' in change ? count - 6 : count)
      const set = prepared.data as SequenceSet
      const rows = (part: 'train' | 'validation' | 'test') => Array.from({ length: set[part].count }, (_, row) => set[part].x.slice(row * 4, row * 4 + 4).join())
      const crossing = rows('validation').concat(rows('test')).filter((row) => rows('train').includes(row)).length
      if ('together' in change) expect(crossing).toBe(0)
      if (Object.keys(change).length === 0) expect(crossing).toBeGreaterThan(0)
    }
  })

  it('without targets foretell the next step', async () => {
    const prepared = await prepare(experimentOn({ ...data, y: null }, { task: { output: 'every-step', loss: 'cross-entropy' } }), file(), readTensors)
    const set = prepared.data as SequenceSet
    expect(set.steps).toBe(3)
    expect([...set.train.x.slice(3, 6)]).toEqual([4, 5, 6])
    expect([...set.train.y.slice(3, 6)]).toEqual([5, 6, 7])
  })
})

describe('what the audit finds is mended by what it offers', () => {
  const leaksIn = async (data: ExperimentInput['data'], at: string, task = classes) => {
    const experiment = experimentOn(data, { task })
    const { findings } = await auditExperiment(experiment, at, readTensors)
    return { experiment, leaks: findings.filter(({ level }) => level === 'leak') }
  }
  it('duplicates, look-alikes and overlapping windows: each remedy leaves no such leak, and is taken back', async () => {
    const rows = Array.from({ length: 120 }, (_, index) => `name ${index % 3 === 0 ? index : index % 3 === 1 ? `N${index - 1}` : index - 2},${index % 2}`)
    write('leaky.csv', `name,class\n${rows.join('\n')}\n`)
    const { experiment, leaks } = await leaksIn({ kind: 'records', source: 'leaky.csv', sequence: 'name', label: 'class', repeats: 'all', validation: 0.2, test: 0.2 }, folder)
    expect(leaks.map(({ subject }) => subject)).toContain('duplicates')
    for (const { subject, remedies } of leaks) {
      expect(remedies.length).toBeGreaterThan(0)
      for (const { change } of remedies) {
        const mended = withSplit(experiment.data, change)
        const again = await auditExperiment({ ...experiment, data: mended }, folder, readTensors)
        const still = again.findings.filter((each) => each.level === 'leak' && each.subject === subject)
        if (!('repeats' in change)) expect(still).toEqual([])
        expect(withSplit(mended, undoOf(experiment.data, change))).toEqual(experiment.data)
      }
    }
  })
  it('a gap of as many sequences as reach over parts overlapping windows', async () => {
    const series = Float32Array.from({ length: 400 }, (_, at) => Math.sin(at / 3) + Math.sin(at * at / 50))
    const windows = 76
    const x = Float32Array.from({ length: windows * 20 }, (_, at) => series[Math.floor(at / 20) * 5 + at % 20]!)
    write('w.safetensors', writeSafetensors({ x: { dtype: 'F32', shape: [windows, 20, 1], data: x }, y: { dtype: 'I32', shape: [windows], data: Int32Array.from({ length: windows }, (_, at) => at % 2) } }))
    const { experiment, leaks } = await leaksIn({ kind: 'tensors', source: 'w.safetensors' }, folder)
    expect(leaks.map(({ subject }) => subject)).toEqual(['windows'])
    const mended = await auditExperiment({ ...experiment, data: withSplit(experiment.data, leaks[0]!.remedies[0]!.change) }, folder, readTensors)
    expect(mended.findings.filter(({ level }) => level === 'leak')).toEqual([])
  })
  it('a change that its kind can’t have is refused', () => {
    const { data } = experimentOn({ kind: 'text', source: 'a.txt' })
    expect(withSplit(data, { gap: 3, group: 'x' })).toMatchObject({ gap: 3 })
    expect(() => withSplit(experimentOn({ kind: 'audio', source: 'a' }, { task: classes }).data, { split: 'order' })).toThrow(/data\.split/)
  })
})
