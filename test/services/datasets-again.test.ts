import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeSafetensors } from '@main/formats/safetensors'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices } from './open-services'

const rows = (count: number, change: (row: number) => string = (row) => Math.sin(row / 5).toFixed(4)) => `day,level\n${Array.from({ length: count }, (_, row) => `${new Date(Date.UTC(2020, 0, 1 + row)).toISOString().slice(0, 10)},${change(row)}`).join('\n')}\n`

test('a source that changed is told, read again with what that changes, and replaces the dataset only when asked; then it can be put back', async () => {
  const { services, call, home } = await openServices(temporaryFolder())
  // Outside the home, as a file of the desktop is.
  const source = join(temporaryFolder(), 'wave.csv')
  writeFileSync(source, rows(200))
  const { token } = await services.grantFile(source)
  const dataset = await call('datasets.import', { file: token, name: 'Wave', options: { kind: 'series', columns: ['level'], target: ['level'], time: 'day' } })
  const { id } = dataset
  expect((await call('datasets.get', { id })).source).toEqual({ name: 'wave.csv', state: 'same' })
  await call('datasets.setSplit', { id, change: { validation: 0.2, gap: 3 } })
  writeFileSync(source, rows(210, (row) => (row === 7 ? '9.5' : Math.sin(row / 5).toFixed(4))))
  utimesSync(source, 1, 2_000_000_000)
  expect((await call('datasets.get', { id })).source).toEqual({ name: 'wave.csv', state: 'changed' })

  const changes = await call('datasets.readAgain', { id, file: null })
  expect(changes).toMatchObject({ same: false, length: { before: 200, after: 210 }, rows: { added: 10, removed: 0, changed: 1 } })
  expect(changes.rows!.examples[0]).toMatchObject({ what: 'changed', place: '2020-01-08', after: 'level 9.5' })
  expect(await call('datasets.get', { id })).toMatchObject({ dataset: { length: 200 }, source: { state: 'changed' } })
  // Given up: nothing is left of it.
  await call('datasets.discardAgain')
  expect(readdirSync(join(home, 'datasets'))).toEqual([id])
  await expect(call('datasets.replace', { id })).rejects.toMatchObject({ code: 'dataset.not-read-again' })

  await call('datasets.readAgain', { id, file: null })
  const replaced = await call('datasets.replace', { id })
  expect(replaced).toMatchObject({ dataset: { length: 210, name: 'Wave', experiment: { data: { validation: 0.2, gap: 3 } } }, source: { state: 'same' } })
  expect(replaced.preview).toMatchObject({ rows: 210 })
  expect(await call('datasets.putBack', { id })).toMatchObject({ dataset: { length: 200 }, source: { state: 'changed' } })
  expect(readdirSync(join(home, 'datasets'))).toEqual([id])

  // One that can't be read leaves the old one.
  writeFileSync(source, 'day,level\n2020-01-01,many\n')
  await expect(call('datasets.readAgain', { id, file: null })).rejects.toMatchObject({ where: { line: 2 } })
  expect(readdirSync(join(home, 'datasets'))).toEqual([id])
  expect(await call('datasets.get', { id })).toMatchObject({ dataset: { length: 200 } })
})

test('a run keeps what it was trained on, and says so when it goes on with something else', async () => {
  const { services, call, until } = await openServices(temporaryFolder())
  const source = join(temporaryFolder(), 'wave.csv')
  writeFileSync(source, rows(200))
  const { token } = await services.grantFile(source)
  const { id, hash, experiment } = await call('datasets.import', { file: token, name: 'Wave', options: { kind: 'series', columns: ['level'], target: ['level'] } })
  const { id: run } = await call('runs.start', { datasetId: id, experiment: { ...experiment, device: 'cpu', training: { ...experiment.training, epochs: 4000, maxSteps: 100_000, checkpointEvery: 5, validateEvery: 50_000 } } })
  await until(run, ({ step }) => step > 10)
  await call('runs.stop', { id: run })
  expect(await until(run, ({ state }) => state === 'stopped')).toMatchObject({ dataHash: hash, warnings: [] })
  writeFileSync(source, rows(210))
  await call('datasets.readAgain', { id, file: null })
  expect((await call('datasets.replace', { id })).dataset.hash).not.toBe(hash)
  const { step } = await call('runs.get', { id: run })
  await call('runs.resume', { id: run })
  await until(run, (each) => each.step > step)
  await call('runs.stop', { id: run })
  expect(await until(run, ({ state }) => state === 'stopped')).toMatchObject({ dataHash: hash, warnings: [{ code: 'run.other-data', message: 'The data have changed since this run began: from here on it trains on what they are now.' }] })
})

test('records are read again from another file; every kind of record is in the report, page by page, found and filtered', async () => {
  const { services, call } = await openServices(temporaryFolder())
  const folder = temporaryFolder()
  const source = join(folder, 'names.csv')
  const lines = Array.from({ length: 90 }, (_, at) => `n${at % 80},${at % 2 === 0 ? 'x' : 'y'}`)
  writeFileSync(source, `name,language\n${lines.join('\n')}\nlost\n`)
  const { token } = await services.grantFile(source)
  const options = { kind: 'records', sequence: 'name', target: 'language', targetIs: 'class', faulty: 'leave-out' } as const
  expect(await call('datasets.preview', { file: token, options })).toMatchObject({ records: 90, leftOut: { count: 1 } })
  const before = await call('datasets.report', { of: { file: token, options }, from: 0, count: 5, kind: null, find: '' })
  expect(before).toMatchObject({ read: 91, used: 80, total: 11, complete: true, rows: [{ kind: 'left-out', line: 92 }, { kind: 'repeat' }, {}, {}, {}] })
  const { id } = await call('datasets.import', { file: token, name: 'Names', options })
  expect(await call('datasets.report', { of: { dataset: id }, from: 0, count: 100, kind: 'repeat', find: 'line 2 ' })).toMatchObject({ total: 1, rows: [{ line: 82, done: 'Left out' }] })
  writeFileSync(join(folder, 'more.csv'), `name,language\n${lines.join('\n')}\nnew,y\n`)
  const other = await services.grantFile(join(folder, 'more.csv'))
  expect(await call('datasets.readAgain', { id, file: other.token })).toMatchObject({ length: { before: 90, after: 91 }, rows: { added: 1, removed: 0, changed: 0 } })
  expect(await call('datasets.replace', { id })).toMatchObject({ dataset: { length: 81 }, source: { name: 'more.csv' } })
})

test('arrays are imported by the roles they are given, and train', async () => {
  const { services, call, home } = await openServices(temporaryFolder())
  const path = join(home, 'a.safetensors')
  const count = 60
  writeFileSync(path, writeSafetensors({ tokens: { dtype: 'I32', shape: [count, 6], data: Int32Array.from({ length: count * 6 }, (_, at) => (at * 7) % 5) }, kinds: { dtype: 'I32', shape: [count], data: Int32Array.from({ length: count }, (_, at) => at % 3) } }))
  const { token } = await services.grantFile(path)
  expect(await call('datasets.preview', { file: token, options: null })).toMatchObject({ kind: 'tensors', chosen: { x: 'tokens', y: 'kinds' } })
  const dataset = await call('datasets.import', { file: token, name: 'Arrays', options: { kind: 'tensors', x: 'tokens', y: 'kinds' } })
  expect(dataset).toMatchObject({ kind: 'tensors', length: 60, inputSize: 5, outputSize: 3, experiment: { data: { x: 'tokens', y: 'kinds', vocabulary: 5, classes: 3 }, task: { output: 'last-step', loss: 'cross-entropy' } } })
  const run = await call('runs.start', { datasetId: dataset.id, experiment: { ...dataset.experiment, device: 'cpu', training: { ...dataset.experiment.training, maxSteps: 3 } } })
  expect(run.experiment.data).toMatchObject({ x: 'tokens' })
  await expect(call('datasets.import', { file: token, name: 'No', options: { kind: 'tensors', x: 'kinds', y: 'tokens' } })).rejects.toMatchObject({ code: 'dataset.tensors' })
})

test('a split is previewed without being kept, and a run trains by the one in force', async () => {
  const { importText, call, until } = await openServices(temporaryFolder())
  const { id, experiment } = await importText()
  expect(await call('datasets.previewSplit', { id, change: { gap: 100, validation: 0.2 } })).toMatchObject({ left: 200, parts: [{ part: 'train', count: 13_900 }, { part: 'validation', count: 3900 }, { count: 2000 }] })
  expect((await call('datasets.get', { id })).dataset.experiment.data).toMatchObject({ gap: 0 })
  await call('datasets.setSplit', { id, change: { gap: 100 } })
  // The form was opened before the split was changed.
  const run = await call('runs.start', { datasetId: id, experiment: { ...experiment, device: 'cpu', training: { ...experiment.training, maxSteps: 2 } } })
  expect(run.experiment.data).toMatchObject({ gap: 100 })
  await until(run.id, ({ state }) => state === 'done')
})
