import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordsDataSchema } from '@shared/experiment/data/records'
import type { ExperimentInput } from '@shared/experiment/schema'
import { prepare } from '@main/data/prepare'
import { recordParts } from '@main/data/records/split-records'
import type { SequencePairs, SequenceSet, ValueStream } from '@main/engine/training/prepared-data'
import { readTensors } from '@main/services/serve-data'
import { temporaryFolder } from '../support/temporary-folder'
import { experimentOn } from './support'

const word = fc.stringMatching(/^[a-f]{1,6}$/)

describe('no training statistic changes when held-out data change', () => {
  it('records: vocabulary, classes and training rows', async () => {
    await fc.assert(fc.asyncProperty(fc.uniqueArray(word, { minLength: 12, maxLength: 40 }), fc.integer({ min: 0, max: 1000 }), fc.boolean(), async (words, seed, pairs) => {
      const folder = temporaryFolder()
      const targets = words.map((_, index) => (pairs ? `t${index}` : index % 2 === 0 ? 'x' : 'y'))
      const spec = { kind: 'records' as const, source: 'a.jsonl', sequence: 's', [pairs ? 'output' : 'label']: 't', group: 'g', validation: 0.2, test: 0.2 }
      const table = { sequences: words, targets, lines: words.map((_, index) => index), groups: words.map((_, index) => `g${index}`) }
      const held = new Set(Object.entries(recordParts(table, recordsDataSchema.parse(spec), pairs ? 'sequence' : 'class', seed)).flatMap(([part, indices]) => (part === 'train' ? [] : [...indices])))
      const prepared = async (change: (text: string, index: number) => string) => {
        writeFileSync(join(folder, 'a.jsonl'), words.map((text, index) => JSON.stringify({ s: change(text, index), t: targets[index], g: `g${index}` })).join('\n'))
        return prepare(experimentOn(spec as ExperimentInput['data'], { task: { output: pairs ? 'sequence' : 'last-step', loss: 'cross-entropy' }, seed }), folder, readTensors)
      }
      const before = await prepared((text) => text)
      const after = await prepared((text, index) => (held.has(index) ? `ZÉ${text.toUpperCase()}!${index}` : text))
      expect(after.vocabulary).toEqual(before.vocabulary)
      expect(after.classes).toEqual(before.classes)
      const rowsOf = ({ data }: typeof before) => {
        if (data.form === 'pairs') return trainingRows(data.train.source, data.train.sourceLengths, data.steps)
        const set = data as SequenceSet
        return trainingRows(set.train.x, set.train.lengths!, set.steps)
      }
      expect(rowsOf(after)).toEqual(rowsOf(before))
    }), { numRuns: 25 })
  })

  it('series: the scaler and every training step', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 30, maxLength: 80 }), fc.double({ min: -1e4, max: 1e4, noNaN: true }), fc.constantFrom('standard' as const, 'minmax' as const), async (values, shift, scale) => {
      const folder = temporaryFolder()
      const prepared = async (rows: number[]) => {
        writeFileSync(join(folder, 'a.csv'), `v\n${rows.join('\n')}\n`)
        return prepare(experimentOn({ kind: 'series', source: 'a.csv', columns: ['v'], target: ['v'], scale, validation: 0.2, test: 0.2 }), folder, readTensors)
      }
      const before = await prepared(values)
      const trained = before.split[0]!.count
      const after = await prepared(values.map((value, row) => (row < trained ? value : value + shift)))
      expect(after.scaler).toEqual(before.scaler)
      expect((after.data as ValueStream).train).toEqual((before.data as ValueStream).train)
    }), { numRuns: 25 })
  })
})

const trainingRows = (x: SequencePairs['train']['source'] | SequenceSet['train']['x'], lengths: Int32Array, steps: number) => Array.from(lengths, (length, row) => [...x.subarray(row * steps, row * steps + length)])
