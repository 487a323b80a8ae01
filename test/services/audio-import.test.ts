import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeWav } from '@main/data/audio/wav'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices } from './open-services'

/** A tone of so many hertz for a quarter of a second and a little more, at 8 kHz. */
const tone = (hertz: number, length: number) => writeWav(Float32Array.from({ length }, (_, at) => 0.5 * Math.sin((2 * Math.PI * hertz * at) / 8000)), 8000)

test('a folder of recordings is previewed, split by who speaks, audited and imported with all its sub-folders', { timeout: 60_000 }, async () => {
  const home = temporaryFolder()
  const { call, services } = await openServices(home)
  for (const [label, hertz] of [['low', 200], ['high', 900]] as const) {
    mkdirSync(join(home, 'tones', label), { recursive: true })
    for (const [speaker, shift] of [['ada', 0], ['bea', 30], ['cee', 60], ['dee', 90]] as const) {
      for (let take = 0; take < 3; take++) writeFileSync(join(home, 'tones', label, `${label}_${speaker}_${take}.wav`), tone(hertz + shift + take, 2000 + 400 * take))
    }
  }
  const { token } = await services.grantFile(join(home, 'tones'))
  const guessed = await call('datasets.preview', { file: token, options: null })
  expect(guessed).toMatchObject({ kind: 'audio', recordings: 24, lookedInto: 24, rate: 8000, width: 40, groups: null, suggestion: { groups: 4 } })
  const pattern = guessed.kind === 'audio' ? guessed.suggestion!.pattern : ''
  expect(await call('datasets.preview', { file: token, options: { kind: 'audio', group: pattern } })).toMatchObject({ groups: expect.arrayContaining([{ name: 'ada', count: 6 }]) as unknown, suggestion: null })

  const dataset = await call('datasets.import', { file: token, name: 'Tones', options: { kind: 'audio', group: pattern } })
  expect(dataset).toMatchObject({ kind: 'audio', length: 24, outputSize: 2, experiment: { data: { kind: 'audio', group: pattern }, task: { output: 'last-step', loss: 'cross-entropy' }, model: { embeddingSize: null } } })
  expect(readdirSync(join(home, 'datasets', dataset.id, 'source')).sort()).toEqual(['high', 'low'])
  const { padding, preview } = await call('datasets.get', { id: dataset.id })
  expect(preview).toMatchObject({ kind: 'audio', recordings: 24 })
  expect(padding!.whole).toBeGreaterThan(padding!.bucketed)
  expect(padding!.bucketed).toBeGreaterThanOrEqual(0)
  const { findings } = await call('datasets.audit', { id: dataset.id })
  expect(findings.filter(({ level }) => level === 'leak')).toEqual([])
  expect(findings.some(({ subject }) => subject === 'groups')).toBe(true)
})
