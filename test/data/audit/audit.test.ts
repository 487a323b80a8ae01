import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Experiment, ExperimentInput } from '@shared/experiment/schema'
import type { Audit, AuditSubject } from '@main/data/audit/audit'
import { auditExperiment } from '@main/data/audit/audit-experiment'
import { recordFindings } from '@main/data/audit/audit-records'
import { crossing } from '@main/data/audit/crossing'
import { normalForm } from '@main/data/splits/normal-form'
import { stratifiedSplit } from '@main/data/records/stratified-split'
import { writeSafetensors } from '@main/formats/safetensors'
import { readTensors } from '@main/services/serve-data'
import { sharedMissing, sharedPath } from '../../support/shared-folder'
import { temporaryFolder } from '../../support/temporary-folder'
import { experimentOn } from '../support'

const classes: Experiment['task'] = { output: 'last-step', loss: 'cross-entropy' }
const audit = (folder: string, data: ExperimentInput['data'], task?: Experiment['task']) => auditExperiment(experimentOn(data, task ? { task } : {}), folder, readTensors)
const reference = () => JSON.parse(readFileSync(new URL('names-reference-split.json', import.meta.url), 'utf8')) as Record<string, number[]>
const namesIn = (file: string) => readFileSync(sharedPath(`data/names-by-language/${file}`), 'utf8').split('\n').map((line) => line.trim()).filter((line) => line !== '')
const of = (found: Audit, subject: AuditSubject, level?: string) => found.findings.filter((each) => each.subject === subject && (level === undefined || each.level === level))

describe('crossing', () => {
  it('counts the held-out items whose key is trained on, whatever the keys', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 60 }), fc.integer({ min: 0, max: 99 }), (ids, seed) => {
      const keys = ids.map(String)
      const parts = stratifiedSplit(ids.map(() => 0), { validation: 0.2, test: 0.2 }, seed)
      const { items, held } = crossing(keys, parts)
      const counted = [...parts.validation, ...parts.test].filter((index) => [...parts.train].some((other) => keys[other] === keys[index]))
      expect(items).toEqual(counted)
      expect(held).toBe(parts.validation.length + parts.test.length)
    }))
  })

  it('near duplicates are alike without case, accents, punctuation and spaces', () => {
    expect(normalForm('  Müller-Lüdenscheidt!')).toBe(normalForm('muller ludenscheidt'))
    expect(normalForm('ﬁn')).toBe(normalForm('FIN'))
    expect(normalForm('日本')).toBe('日本')
    expect(normalForm('?!')).toBe('?!')
    expect(normalForm('a1')).not.toBe(normalForm('a2'))
  })
})

describe('records', () => {
  it('that repeat are found when they are kept, near ones always, and the group that mends it does', async () => {
    const folder = temporaryFolder()
    const names = Array.from({ length: 40 }, (_, at) => `name ${String.fromCharCode(97 + at % 26)}${at}`)
    // Each once as it is, once again, and once in capitals.
    const rows = names.flatMap((name) => [`${name},${name.length % 2}`, `${name},${name.length % 2}`, `${name.toUpperCase()},${name.length % 2}`])
    writeFileSync(join(folder, 'names.csv'), `name,class,who\n${rows.map((row, index) => `${row},${Math.floor(index / 3)}`).join('\n')}\n`)
    const data = { kind: 'records', source: 'names.csv', sequence: 'name', label: 'class', validation: 0.2, test: 0.2 } as const
    const kept = await audit(folder, { ...data, repeats: 'all' }, classes)
    expect(of(kept, 'duplicates', 'leak')[0]).toMatchObject({ mend: expect.stringContaining('data.repeats to "once"') })
    expect(of(kept, 'duplicates', 'leak')[0]!.count).toBeGreaterThan(5)
    const once = await audit(folder, data, classes)
    expect(of(once, 'duplicates', 'clean')).toHaveLength(1)
    expect(of(once, 'duplicates', 'note')[0]).toMatchObject({ count: 40, of: 120 })
    expect(of(once, 'near-duplicates', 'leak')[0]!.count).toBeGreaterThan(3)
    const grouped = await audit(folder, { ...data, repeats: 'all', group: 'who' }, classes)
    expect(grouped.findings.filter(({ level }) => level === 'leak')).toEqual([])
    expect(of(grouped, 'groups', 'clean')).toHaveLength(1)
    expect((await audit(folder, { ...data, repeats: 'all', group: 'name' }, classes)).findings.filter(({ subject, level }) => subject === 'duplicates' && level === 'leak')).toEqual([])
  })
})

describe.skipIf(sharedMissing !== null)(`the shared data${sharedMissing === null ? '' : ` (skipped: ${sharedMissing})`}`, () => {
  it('names by language: the 182 names that recur across the reference split are found', () => {
    // Made by make_names_split.py: 80/20 of the different names of each language, so that only other languages' names recur.
    const table = { sequences: [] as string[], targets: [] as string[], lines: [] as number[] }
    const [train, test]: [number[], number[]] = [[], []]
    for (const [file, held] of Object.entries(reference())) {
      const isHeld = new Set(held)
      for (const [place, name] of [...new Set(namesIn(file))].sort().entries()) {
        (isHeld.has(place) ? test : train).push(table.sequences.length)
        table.sequences.push(name)
        table.targets.push(file)
        table.lines.push(place)
      }
    }
    const parts = { train: Int32Array.from(train), validation: new Int32Array(0), test: Int32Array.from(test) }
    const [exact] = recordFindings(table, parts, 'class', { group: undefined, repeats: 'all', together: 'none', given: true })
    expect(exact).toMatchObject({ subject: 'duplicates', level: 'leak', count: 182, of: 3611, message: expect.stringMatching(/^182 of the 3,611 held-out sequences .* each with another class/), mend: expect.stringContaining('data.together to "equal"'), remedies: [{ label: 'Keep duplicates on one side', change: { together: 'equal', split: 'stratified' } }] })
  })

  it('names by language by Unroll’s own split: what recurs is found, and the group "sequence" mends it', async () => {
    const names = { kind: 'records', source: 'names-by-language', validation: 0.2, test: 0 } as const
    const once = await audit(sharedPath('data'), names, classes)
    expect(of(once, 'duplicates', 'leak')[0]).toMatchObject({ count: 177, of: 3603 })
    const labels = new Map<string, Set<string>>()
    for (const file of Object.keys(reference())) for (const name of namesIn(file)) labels.set(name, (labels.get(name) ?? new Set()).add(file))
    expect(of(once, 'contradictions')[0]!.count).toBe([...labels.values()].filter((each) => each.size > 1).length)
    const all = await audit(sharedPath('data'), { ...names, repeats: 'all' }, classes)
    expect(of(all, 'duplicates', 'leak')[0]!.count).toBeGreaterThan(500)
    const grouped = await audit(sharedPath('data'), { ...names, group: 'sequence' }, classes)
    expect(of(grouped, 'duplicates', 'leak')).toEqual([])
    expect(of(grouped, 'groups', 'clean')).toHaveLength(1)
  })

  it('spoken digits should be split by speaker; split so, nothing crosses', async () => {
    const random = await audit(sharedPath('data'), { kind: 'audio', source: 'spoken-digits' }, classes)
    expect(of(random, 'groups', 'leak')[0]).toMatchObject({ count: random.parts[1]!.count + random.parts[2]!.count, mend: 'Split by speaker: set data.group to "{label}_{group}_{take}".', remedies: [{ label: 'Split by speaker', change: { group: '{label}_{group}_{take}' } }] })
    const bySpeaker = await audit(sharedPath('data'), { kind: 'audio', source: 'spoken-digits', group: '{label}_{group}_{take}' }, classes)
    expect(bySpeaker.findings.map(({ level }) => level)).toEqual(['clean', 'clean', 'clean'])
  })

  it('sunspots and Shakespeare cross nothing', async () => {
    const series = await audit(sharedPath('data'), { kind: 'series', source: 'monthly-sunspots.csv', columns: ['Sunspots'], target: ['Sunspots'], time: 'Month' })
    expect(series.findings.filter(({ level }) => level === 'leak')).toEqual([])
    const text = await audit(sharedPath('data'), { kind: 'text', source: 'tiny-shakespeare.txt' })
    expect(of(text, 'windows', 'clean')).toHaveLength(1)
    expect(of(text, 'duplicates')[0]!.count).toBeLessThan(10)
  })
})

describe('tensors', () => {
  const series = Float32Array.from({ length: 400 }, (_, at) => Math.sin(at / 3) + Math.sin(at * at / 50))
  const tensorsOf = (folder: string, stride: number, steps = 20) => {
    const count = Math.floor((series.length - steps) / stride)
    const x = Float32Array.from({ length: count * steps }, (_, at) => series[Math.floor(at / steps) * stride + at % steps]!)
    writeFileSync(join(folder, 't.safetensors'), writeSafetensors({ x: { dtype: 'F32', shape: [count, steps, 1], data: x }, y: { dtype: 'F32', shape: [count, 1], data: new Float32Array(count) } }))
    return audit(folder, { kind: 'tensors', source: 't.safetensors' }, { output: 'last-step', loss: 'mse' })
  }

  it('cut from one series as overlapping windows are told; windows side by side aren’t', async () => {
    const overlapping = await tensorsOf(temporaryFolder(), 5)
    expect(of(overlapping, 'windows')[0]).toMatchObject({ level: 'leak', message: expect.stringMatching(/share 8 steps in a row or more/) })
    expect(of(overlapping, 'duplicates')[0]!.level).toBe('clean')
    expect(of(await tensorsOf(temporaryFolder(), 20), 'windows')[0]!.level).toBe('clean')
  })
})

it('passages of a text that are held out and trained on are counted', async () => {
  const folder = temporaryFolder()
  const body = Array.from({ length: 400 }, (_, at) => `line ${at} says ${(at * 7919) % 1000}`).join('\n')
  const licence = 'Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation.'.repeat(3)
  writeFileSync(join(folder, 'a.txt'), `${licence}\n${body}\n${licence}\n`)
  const found = await audit(folder, { kind: 'text', source: 'a.txt', validation: 0.1, test: 0.1 })
  expect(of(found, 'duplicates')[0]).toMatchObject({ level: 'leak' })
  expect(of(found, 'duplicates')[0]!.count).toBeGreaterThanOrEqual(4)
})

it('generated tasks with too few different sequences repeat themselves', async () => {
  const parity = (steps: number) => audit('', { kind: 'generated', generator: 'parity', steps, examples: 500 }, { output: 'every-step', loss: 'cross-entropy' })
  expect(of(await parity(5), 'duplicates')[0]).toMatchObject({ level: 'leak', count: 100, of: 100 })
  expect(of(await parity(60), 'duplicates')[0]!.level).toBe('clean')
})
