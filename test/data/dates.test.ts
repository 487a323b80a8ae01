import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generatedDataSchema } from '@shared/experiment/data/generated'
import type { ExperimentInput } from '@shared/experiment/schema'
import { sequencesPreviewSchema } from '@shared/rpc/schemas'
import { prepare } from '@main/data/prepare'
import { dateExamples } from '@main/data/sequences/dates'
import { previewGenerated } from '@main/data/sequences/generated'
import type { SequencePairs } from '@main/engine/training/prepared-data'
import { readTensors } from '@main/services/serve-data'
import { experimentOn, failureOf } from './support'

const pairs = { output: 'sequence', loss: 'cross-entropy' } as const
const dates = (rest: Partial<Extract<ExperimentInput['data'], { kind: 'generated' }>> = {}, seed = 1) =>
  prepare(experimentOn({ kind: 'generated', generator: 'dates', examples: 200, ...rest }, { task: pairs, seed }), '', readTensors)
const weekdays = new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: 'UTC' })
const textOf = (names: readonly string[], ids: Iterable<number>) => Array.from(ids, (id) => names[id]).join('')

describe('date translation', () => {
  it('every writing means the day it is translated to, as JavaScript’s own parser reads it', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const { sources, targets } = dateExamples({ firstYear: 1000, lastYear: 9000, formats: 8 }, 50, seed)
      sources.forEach((source, index) => {
        const plain = source.replace(/(\d)(st|nd|rd|th) of/, '$1')
        expect(new Date(`${plain} UTC`).toISOString().slice(0, 10), source).toBe(targets[index])
        const [, weekday] = /^(\w+day|[A-Z][a-z][a-z](?= \d+ ))/.exec(source) ?? []
        if (weekday !== undefined) expect(weekdays.format(new Date(targets[index]!))).toMatch(new RegExp(`^${weekday}`))
      })
    }), { numRuns: 20 })
  })

  it('with one way of writing is "3 May 1999" alone, within the years asked for, no day twice', () => {
    const { sources, targets } = dateExamples({ firstYear: 1999, lastYear: 1999, formats: 1 }, 365, 5)
    expect(new Set(targets).size).toBe(365)
    expect(sources[targets.indexOf('1999-05-03')]).toBe('3 May 1999')
    expect([...targets].sort()[0]).toBe('1999-01-01')
    expect([...targets].sort().at(-1)).toBe('1999-12-31')
    expect(dateExamples({ firstYear: 7, lastYear: 7, formats: 1 }, 3, 5).targets.every((target) => target.startsWith('0007-'))).toBe(true)
  })

  it('comes as pairs for encoder and decoder, no date in two parts', async () => {
    const { data, vocabulary, classes, baselines, summary } = await dates({ formats: 8 })
    const { train, validation, test, steps, targetSteps } = data as SequencePairs
    expect(summary).toMatch(/^200 pairs of up to \d+ and 10 characters$/)
    const seen = [train, validation, test].map((part) => Array.from({ length: part.count }, (_, row) => ({
      source: textOf(vocabulary!, part.source.subarray(row * steps, row * steps + part.sourceLengths[row]!)),
      target: textOf(classes!, part.target.subarray(row * targetSteps, row * targetSteps + part.targetLengths[row]!)),
    })))
    expect(seen.map(({ length }) => length)).toEqual([160, 20, 20])
    expect(new Set(seen.flat().map(({ target }) => target)).size).toBe(200)
    for (const { target } of seen.flat()) expect(target).toMatch(/^\d{4}-\d\d-\d\d<end>$/)
    expect(baselines.map(({ name }) => name).sort()).toEqual(['Copy of the source', 'Outputs alone'])
    for (const { exactMatch } of baselines) expect(exactMatch).toBe(0)
  })

  it('is the same for the same seed, and the preview shows its first examples', async () => {
    const spec = generatedDataSchema.parse({ kind: 'generated', generator: 'dates', examples: 200 })
    const { examples } = sequencesPreviewSchema.parse(previewGenerated(spec, 3))
    const { sources } = dateExamples({ firstYear: 1900, lastYear: 2099, formats: 8 }, 200, 3)
    expect(examples.map(({ inputs }) => inputs.join(''))).toEqual(sources.slice(0, 6))
    expect((await dates({}, 3)).data).toEqual((await dates({}, 3)).data)
    expect((await dates({}, 3)).data).not.toEqual((await dates({}, 4)).data)
  })

  it('refuses what it can’t take', async () => {
    expect(await failureOf(dates({ firstYear: 2000, lastYear: 2000, examples: 400 }))).toMatchObject({ code: 'dataset.too-short', message: 'The years 2000 to 2000 have 366 days, but 400 different dates are asked for.' })
    expect((await failureOf(dates({ firstYear: 2001, lastYear: 2000 }))).message).toMatch(/have 0 days/)
    expect((await failureOf(dates({ formats: 9 }))).message).toBe('data.formats should be a whole number from 1 to 8 for the generator "dates", but is 9.')
    expect((await failureOf(dates({ formats: 1.5 }))).code).toBe('experiment.data')
    const adding = prepare(experimentOn({ kind: 'generated', generator: 'adding', formats: 2 }), '', readTensors)
    expect((await failureOf(adding)).message).toBe('data.formats is no parameter of the generator "adding". Leave it out.')
    const wrongTask = prepare(experimentOn({ kind: 'generated', generator: 'dates' }, { task: { output: 'last-step', loss: 'cross-entropy' } }), '', readTensors)
    expect((await failureOf(wrongTask)).message).toContain('the generator "dates" needs "sequence"')
  })
})
