import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { audioDataSchema } from '@shared/experiment/data/audio'
import type { ExperimentInput } from '@shared/experiment/schema'
import { suggestGroup } from '@main/data/audio/name-pattern'
import { previewAudio } from '@main/data/audio/preview-audio'
import { prepare } from '@main/data/prepare'
import { splitByGroup } from '@main/data/records/group-split'
import type { SequenceSet } from '@main/engine/training/prepared-data'
import { readTensors } from '@main/services/serve-data'
import { sharedMissing, sharedPath } from '../../support/shared-folder'
import { temporaryFolder } from '../../support/temporary-folder'
import { experimentOn, failureOf } from '../support'
import { encodeFlac, encodeWav } from './encode'

type Audio = Extract<ExperimentInput['data'], { kind: 'audio' }>
const task = { output: 'last-step', loss: 'cross-entropy' } as const
const prepareAudio = (folder: string, rest: Partial<Audio> = {}, seed = 1) => prepare(experimentOn({ kind: 'audio', source: folder, ...rest }, { task, seed }), '', readTensors)
const tone = (count: number, frequency: number, loud = 0.5) => Float32Array.from({ length: count }, (_, n) => loud * Math.sin(2 * Math.PI * frequency * n / 8000))

function write(folder: string, name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  return path
}

/** Two classes of tones, four speakers, `takes` of each; every recording another length. */
function tones(takes = 3): string {
  const folder = temporaryFolder()
  let count = 0
  for (const [label, frequency] of [['low', 300], ['high', 1500]] as const) {
    for (const [voice, loud] of [['ann', 0.2], ['bob', 0.4], ['cal', 0.6], ['dee', 0.8]] as const) {
      for (let take = 0; take < takes; take++) write(folder, `${label}/${label}_${voice}_${take}.wav`, encodeWav(tone(1000 + 100 * count++, frequency + 10 * take, loud)))
    }
  }
  return folder
}

describe('a folder of recordings', () => {
  it('is sequences of frames, scaled by the training part alone, with the sub-folder as class', async () => {
    const { data, classes, scaler, split, inputSize, warnings, baselines } = await prepareAudio(tones(), { bands: 20, validation: 0.2, test: 0.2 })
    expect(classes).toEqual(['high', 'low'])
    expect([inputSize, scaler!.columns.length]).toEqual([20, 20])
    const { train, validation, test, steps } = data as SequenceSet
    expect(split.map(({ count }) => count)).toEqual([train.count, validation.count, test.count])
    expect(train.count + validation.count + test.count).toBe(24)
    expect(steps).toBe(1 + Math.floor((1000 + 2300 - 200) / 80))
    const sums = new Float64Array(20)
    let frames = 0
    train.lengths!.forEach((length, row) => {
      frames += length
      for (let at = 0; at < length * 20; at++) sums[at % 20]! += train.x[row * steps * 20 + at]!
      for (let at = length * 20; at < steps * 20; at++) expect(train.x[row * steps * 20 + at]).toBe(0)
    })
    for (const sum of sums) expect(Math.abs(sum / frames)).toBeLessThan(1e-4)
    expect(baselines.map(({ name }) => name).sort()).toEqual(['Majority class', 'Pooled linear'])
    expect(warnings.join(' ')).toContain('set data.group to "{label}_{group}_{take}"')
  })

  it('split by group keeps each speaker whole', async () => {
    const folder = tones()
    const { data, warnings } = await prepareAudio(folder, { group: '{label}_{group}_{take}', validation: 0.25, test: 0.25 })
    const { train, validation, test } = data as SequenceSet
    expect([train.count, validation.count, test.count]).toEqual([12, 6, 6])
    expect(warnings).toEqual([])
    expect((await failureOf(prepareAudio(folder, { group: '{speaker}_{take}' }))).message).toMatch(/a pattern of file names with \{group\} in it was expected/)
    expect((await failureOf(prepareAudio(folder, { group: '{group}-{take}' }))).message).toMatch(/doesn't follow data\.group/)
  })

  it('reads WAV and FLAC side by side and brings them to one rate', async () => {
    const folder = tones(1)
    write(folder, 'low/low_eve_0.flac', encodeFlac(tone(4000, 300), 16_000))
    const { data, warnings } = await prepareAudio(folder)
    expect(warnings.join(' ')).toMatch(/1 of the 9 recordings have another sample rate \(16,000 Hz\) and are brought to 8,000 Hz/)
    expect(Math.max(...[(data as SequenceSet).train, (data as SequenceSet).validation, (data as SequenceSet).test].flatMap(({ lengths }) => [...lengths!]))).toBe(1 + Math.floor((2000 - 200) / 80))
    expect((await prepareAudio(folder, { sampleRate: 16_000 })).warnings.join(' ')).toMatch(/8 of the 9 recordings/)
  })

  it('takes labels and groups from a CSV', async () => {
    const folder = temporaryFolder()
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) write(folder, `clips/${name}.wav`, encodeWav(tone(900 + name.charCodeAt(0), 400)))
    write(folder, 'labels.csv', 'file,label,who\nclips/a.wav,yes,1\nclips/b.wav,no,1\nclips/c.wav,yes,2\nclips/d.wav,no,2\nclips/e.wav,yes,3\nclips/f.wav,no,3\n')
    const { data, classes } = await prepareAudio(folder, { labels: 'labels.csv', group: 'who', validation: 0.3, test: 0.3 })
    expect(classes).toEqual(['no', 'yes'])
    expect([(data as SequenceSet).train.count, (data as SequenceSet).validation.count, (data as SequenceSet).test.count]).toEqual([2, 2, 2])
    for (const [line, message] of [['../x.wav,no,1', /Line 2 of labels\.csv names "\.\.\/x\.wav", which lies outside/], ['/etc/x.wav,no,1', /outside/], ['clips/z.wav,no,1', /but there is no such file/], ['labels.csv,no,1', /which is no \.wav/]] as const) {
      write(folder, 'labels.csv', `file,label,who\n${line}\n`)
      const error = await failureOf(prepareAudio(folder, { labels: 'labels.csv' }))
      expect(error.message).toMatch(message)
      expect(error.where).toMatchObject({ line: 2 })
    }
    expect((await failureOf(prepareAudio(folder, { labels: '../labels.csv' }))).message).toMatch(/lies outside the folder/)
  })

  it('a recording that can’t be read ends the import by name, or is left out and told', async () => {
    const folder = tones()
    write(folder, 'low/low_ann_9.wav', encodeWav(tone(500, 300)).slice(0, 400))
    expect(await failureOf(prepareAudio(folder))).toMatchObject({ code: 'dataset.audio', message: expect.stringMatching(/^low_ann_9\.wav is cut off: its header speaks of 1,000 bytes of sound, but 356 follow/), where: { file: join(folder, 'low/low_ann_9.wav') } })
    const { warnings, length } = await prepareAudio(folder, { faulty: 'leave-out' })
    expect(length).toBe(24)
    expect(warnings[0]).toMatch(/^1 of the 25 recordings can't be read and is left out; low_ann_9\.wav: /)
  })

  it('uses repeats once, and passes over hidden files, links that go round and what is no sound', async () => {
    const folder = tones()
    write(folder, 'low/again.wav', encodeWav(tone(1000, 300, 0.2)))
    write(folder, 'low/.hidden.wav', 'no sound')
    write(folder, 'low/notes.txt', 'no sound')
    symlinkSync(folder, join(folder, 'low/round'))
    const { warnings, length } = await prepareAudio(folder)
    expect(length).toBe(24)
    expect(warnings.join(' ')).toMatch(/1 of the 25 recordings repeat another one exactly/)
    expect((await prepareAudio(folder, { repeats: 'all' })).length).toBe(25)
  })

  it('empty, flat or missing folders, and settings that contradict each other', async () => {
    const flat = temporaryFolder()
    write(flat, 'a.wav', encodeWav(tone(500, 300)))
    expect((await failureOf(prepareAudio(flat))).message).toMatch(/has no recordings in sub-folders/)
    expect((await failureOf(prepareAudio(join(flat, 'none')))).code).toBe('file.not-found')
    expect((await failureOf(prepareAudio(join(flat, 'a.wav')))).code).toBe('file.not-a-folder')
    const folder = tones(1)
    for (const [rest, message] of [[{ highest: 5000 }, /carry up to 4000 Hz/], [{ lowest: 4000 }, /isn't below the highest/], [{ features: 'mfcc', coefficients: 50 }, /at most as many/]] as const) {
      expect((await failureOf(prepareAudio(folder, rest))).message).toMatch(message)
    }
  })

  it('no training statistic changes when held-out recordings change', async () => {
    const folder = tones()
    const before = await prepareAudio(folder, { group: '{label}_{group}_{take}', repeats: 'all' })
    const train = before.data as SequenceSet
    // The speaker who isn't trained on shouts.
    const heldOut = ['ann', 'bob', 'cal', 'dee'].filter((voice) => {
      const { parts } = { parts: splitByGroup(['high', 'low'].flatMap(() => ['ann', 'bob', 'cal', 'dee'].flatMap((each) => [each, each, each])), { validation: 0.1, test: 0.1 }, 1) }
      const all = ['high', 'low'].flatMap(() => ['ann', 'bob', 'cal', 'dee'].flatMap((each) => [each, each, each]))
      return ![...parts.train].some((index) => all[index] === voice)
    })
    expect(heldOut).toHaveLength(2)
    for (const voice of heldOut) for (const label of ['low', 'high']) for (let take = 0; take < 3; take++) write(folder, `${label}/${label}_${voice}_${take}.wav`, encodeWav(tone(2000, 2000, 1)))
    const after = await prepareAudio(folder, { group: '{label}_{group}_{take}', repeats: 'all' })
    expect(after.scaler).toEqual(before.scaler)
    const rows = ({ train: { x, count, lengths }, steps }: SequenceSet) => Array.from({ length: count }, (_, row) => [...x.subarray(row * steps * 40, (row * steps + lengths![row]!) * 40)])
    expect(rows(after.data as SequenceSet)).toEqual(rows(train))
  })
})

describe('splits by group', () => {
  it('are disjoint, exhaustive, whole in their groups, the same for the same seed, and near the shares asked for', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 3, maxLength: 200 }), fc.double({ min: 0, max: 0.4, noNaN: true }), fc.double({ min: 0, max: 0.4, noNaN: true }), fc.integer({ min: 0, max: 1000 }), (ids, validation, test, seed) => {
      const groups = ids.map((id) => `g${id}`)
      fc.pre(new Set(groups).size >= 3)
      const parts = splitByGroup(groups, { validation, test }, seed)
      const all = [...parts.train, ...parts.validation, ...parts.test].sort((a, b) => a - b)
      expect(all).toEqual(groups.map((_, index) => index))
      const of = (part: Int32Array) => new Set(Array.from(part, (index) => groups[index]!))
      const [a, b, c] = [of(parts.train), of(parts.validation), of(parts.test)]
      expect(a.size + b.size + c.size).toBe(new Set(groups).size)
      expect([parts.validation.length > 0, parts.test.length > 0, parts.train.length > 0]).toEqual([validation > 0, test > 0, true])
      expect(splitByGroup(groups, { validation, test }, seed)).toEqual(parts)
    }))
  })

  it('take at least as many groups as parts', () => {
    expect(() => splitByGroup(['a', 'a', 'b'], { validation: 0.1, test: 0.1 }, 1)).toThrow('The data have 2 groups, but 3 parts are to have one at least.')
  })
})

it('groups are suggested by what recurs in file names across classes, not by numbers', () => {
  const items = ['0', '1', '2'].flatMap((label) => ['ann', 'bob'].flatMap((who) => [0, 1, 2].map((take) => ({ name: `${label}/${label}_${who}_${take}.wav`, label }))))
  expect(suggestGroup(items)).toEqual({ pattern: '{label}_{group}_{take}', groups: 2, example: 'ann' })
  expect(suggestGroup(items.map(({ label }, index) => ({ name: `${label}/${label}_${index % 5}.wav`, label })))).toBeNull()
  expect(suggestGroup(items.map(({ label }, index) => ({ name: `${label}/clip${index}.wav`, label })))).toBeNull()
})

it('the preview shows spectrograms of the first recordings, to be played, and what can’t be read', async () => {
  const folder = tones()
  write(folder, 'low/zz.wav', 'no sound')
  const preview = await previewAudio(folder, audioDataSchema.parse({ kind: 'audio', source: folder }))
  expect(preview).toMatchObject({
    recordings: 25, lookedInto: 24, rate: 8000, width: 40, classes: [{ name: 'high', count: 12 }, { name: 'low', count: 13 }],
    rates: [{ rate: 8000, count: 24 }], formats: [{ format: 'WAV, 16 bits', count: 24 }], leftOut: [{ name: 'low/zz.wav', reason: expect.stringMatching(/^zz\.wav is no recording/) }],
    groups: null,
  })
  expect(preview.examples.map(({ label }) => label)).toEqual(['high', 'low'])
  for (const { frames, values, wav } of preview.examples) {
    expect(values).toHaveLength(frames * 40)
    expect(String.fromCharCode(...wav.subarray(0, 4))).toBe('RIFF')
  }
  // The louder bands are those around the tone.
  const { frames, values } = preview.examples[1]!
  const row = [...values.subarray(Math.floor(frames / 2) * 40, (Math.floor(frames / 2) + 1) * 40)]
  const loudest = Number.parseInt(preview.bands[row.indexOf(Math.max(...row))]!)
  expect(Math.abs(loudest - 300)).toBeLessThan(60)
})

it.skipIf(sharedMissing !== null)(`spoken digits: 480 recordings, and by speaker beside it${sharedMissing === null ? '' : ` (skipped: ${sharedMissing})`}`, async () => {
  const random = await prepareAudio(sharedPath('data/spoken-digits'))
  expect(random).toMatchObject({ length: 480, inputSize: 40, outputSize: 10, summary: '480 recordings of up to 129 frames of 40 bands, 10 classes' })
  expect(random.warnings.join(' ')).toMatch(/such as "george" \(6 of them\).*set data\.group to "\{label\}_\{group\}_\{take\}"/)
  const bySpeaker = await prepareAudio(sharedPath('data/spoken-digits'), { group: '{label}_{group}_{take}' })
  expect(bySpeaker.split.map(({ count }) => count)).toEqual([320, 80, 80])
  const accuracyOf = ({ baselines }: typeof random) => baselines.find(({ name }) => name === 'Pooled linear')!.accuracy!
  // Knowing the voices flatters.
  expect(accuracyOf(random)).toBeGreaterThan(accuracyOf(bySpeaker) + 0.1)
})
