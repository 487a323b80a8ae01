import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { smallText } from '../support/small-text'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices } from './open-services'

const visible = (folder: string): string[] => readdirSync(folder).filter((name) => !name.startsWith('.'))

describe('importing a text', () => {
  test('stores it once, as shards with its hash, and gives an experiment that fits it', async () => {
    const { importText, call, home, told } = await openServices(temporaryFolder())
    const dataset = await importText()
    expect(dataset).toMatchObject({ name: 'A small text', kind: 'text', bytes: 20_000, length: 20_000, sample: null })
    expect(dataset.hash).toBe(createHash('sha256').update(smallText(20_000)).digest('hex'))
    expect(readdirSync(join(home, 'datasets', dataset.id)).sort()).toEqual(['data', 'dataset.json', 'origin.json'])
    expect(readFileSync(join(home, 'datasets', dataset.id, 'data', 'tokens.npy')).length).toBe(128 + 20_000)
    expect(dataset.experiment.data).toMatchObject({ kind: 'text', source: 'data' })
    const { preview, split, baselines } = await call('datasets.get', { id: dataset.id })
    expect(preview).toMatchObject({ kind: 'text', characters: 20_000 })
    expect(split.map(({ part, count }) => ({ part, count }))).toEqual([{ part: 'train', count: 16_000 }, { part: 'validation', count: 2000 }, { part: 'test', count: 2000 }])
    expect(baselines.length).toBeGreaterThan(0)
    expect(told('import.progress').length).toBeGreaterThan(0)
    expect(await call('datasets.list')).toEqual([dataset])
  })

  test('that is not UTF-8 is refused with its place and leaves nothing behind', async () => {
    const { services, call, home } = await openServices(temporaryFolder())
    const path = join(home, 'bad.txt')
    writeFileSync(path, Buffer.from([...Buffer.from('first line\nsec'), 0xff, 0xfe]))
    const { token } = await services.grantFile(path)
    await expect(call('datasets.import', { file: token, name: 'Bad', options: { kind: 'text', encoding: 'utf-8' } })).rejects.toMatchObject({ code: 'dataset.not-utf8', where: { line: 2 } })
    expect(readdirSync(join(home, 'datasets'))).toEqual([])
  })

  test('can be cancelled, which leaves nothing behind', async () => {
    const { services, call, home } = await openServices(temporaryFolder())
    const path = join(home, 'large.txt')
    writeFileSync(path, smallText(1_000_000).repeat(40))
    const { token } = await services.grantFile(path)
    const importing = call('datasets.import', { file: token, name: 'Large', options: { kind: 'text' } })
    const refused = expect(importing).rejects.toMatchObject({ code: 'import.cancelled' })
    await new Promise((resolve) => { setTimeout(resolve, 30) })
    await call('datasets.cancel')
    await refused
    expect(readdirSync(join(home, 'datasets'))).toEqual([])
    expect(await call('datasets.list')).toEqual([])
  })

  test('by a token nobody gave is refused', async () => {
    const { call } = await openServices(temporaryFolder())
    await expect(call('datasets.import', { file: '/etc/passwd', name: 'No', options: { kind: 'text' } })).rejects.toMatchObject({ code: 'file.unknown-token' })
  })
})

test('a table is imported with what was guessed written down', async () => {
  const { services, call, home } = await openServices(temporaryFolder())
  const path = join(home, 'wave.csv')
  writeFileSync(path, `day;level;note\n${Array.from({ length: 300 }, (_, at) => `2020-01-${at};${Math.sin(at / 5).toFixed(4)};x`).join('\n')}\n`)
  const { token } = await services.grantFile(path)
  const preview = await call('datasets.preview', { file: token, options: null })
  expect(preview).toMatchObject({ kind: 'series', rows: 300, delimiter: ';' })
  const dataset = await call('datasets.import', { file: token, name: 'Wave', options: { kind: 'series', columns: ['level'], target: ['level'], horizon: 2 } })
  expect(dataset.experiment.data).toMatchObject({ kind: 'series', columns: ['level'], target: ['level'], horizon: 2, delimiter: ';', header: true, scale: 'standard' })
  expect(dataset).toMatchObject({ inputSize: 1, outputSize: 1, length: 300 })
  expect((await call('datasets.get', { id: dataset.id })).preview).toMatchObject({ kind: 'series', rows: 300, chosen: { horizon: 2 } })
})

test('records are imported with a class or with what they become, from a table or a folder', async () => {
  const { services, call, home } = await openServices(temporaryFolder())
  const table = join(home, 'words.csv')
  writeFileSync(table, `word,reversed,vowel\n${Array.from({ length: 60 }, (_, at) => `w${at}o${'e'.repeat(at % 4)},${at}x,${at % 2 === 0 ? 'yes' : 'no'}`).join('\n')}\n`)
  const { token } = await services.grantFile(table)
  expect(await call('datasets.preview', { file: token, options: null })).toMatchObject({ kind: 'records', records: 60, chosen: { sequence: 'word' } })
  const classes = await call('datasets.import', { file: token, name: 'Vowels', options: { kind: 'records', sequence: 'word', target: 'vowel', targetIs: 'class' } })
  expect(classes.experiment).toMatchObject({ data: { kind: 'records', sequence: 'word', label: 'vowel', delimiter: ',', header: true }, task: { output: 'last-step', loss: 'cross-entropy' } })
  expect(classes).toMatchObject({ kind: 'records', length: 60, outputSize: 2 })
  const pairs = await call('datasets.import', { file: token, name: 'Reversed', options: { kind: 'records', sequence: 'word', target: 'reversed', targetIs: 'sequence' } })
  expect(pairs.experiment).toMatchObject({ data: { output: 'reversed' }, task: { output: 'sequence' }, model: { attention: true } })
  expect((await call('datasets.get', { id: pairs.id })).preview).toMatchObject({ kind: 'records', chosen: { target: 'reversed', targetIs: 'sequence' } })

  mkdirSync(join(home, 'tongues'))
  writeFileSync(join(home, 'tongues', 'German.txt'), 'Bach\nHaydn\nWolf\n')
  writeFileSync(join(home, 'tongues', 'Czech.txt'), 'Dvorak\nJanacek\nSuk\n')
  writeFileSync(join(home, 'tongues', 'notes.md'), 'not one of them')
  const folder = await services.grantFile(join(home, 'tongues'))
  expect(folder).toMatchObject({ folder: true })
  const named = await call('datasets.import', { file: folder.token, name: 'Tongues', options: { kind: 'records' } })
  expect(named).toMatchObject({ length: 6, outputSize: 2, bytes: 35 })
  expect(readdirSync(join(home, 'datasets', named.id, 'source')).sort()).toEqual(['Czech.txt', 'German.txt'])
})

test('the split can be set; one that leaves nothing to train on is refused and changes nothing', async () => {
  const { importText, call } = await openServices(temporaryFolder())
  const { id } = await importText()
  const { split, dataset } = await call('datasets.setSplit', { id, change: { validation: 0.2, test: 0 } })
  expect(split.find(({ part }) => part === 'validation')).toMatchObject({ count: 4000 })
  expect(dataset.experiment.data).toMatchObject({ validation: 0.2, test: 0 })
  await expect(call('datasets.setSplit', { id, change: { validation: 0.5, test: 0.5 } })).rejects.toMatchObject({ code: expect.stringMatching(/^dataset\./) as string })
  expect((await call('datasets.get', { id })).dataset.experiment.data).toMatchObject({ validation: 0.2, test: 0 })
})

test('a removed dataset comes back; after a restart it does not', async () => {
  const folder = temporaryFolder()
  const { importText, call, home, services } = await openServices(folder)
  const dataset = await importText()
  await call('datasets.remove', { id: dataset.id })
  expect(await call('datasets.list')).toEqual([])
  expect(visible(join(home, 'datasets'))).toEqual([])
  expect(await call('datasets.restore', { id: dataset.id })).toEqual(dataset)
  await call('datasets.remove', { id: dataset.id })
  await services.close()
  const again = await openServices(folder)
  await expect(again.call('datasets.restore', { id: dataset.id })).rejects.toMatchObject({ code: 'trash.not-found' })
})

test('datasets are there again after a restart', async () => {
  const folder = temporaryFolder()
  const first = await openServices(folder)
  const dataset = await first.importText()
  await first.services.close()
  const second = await openServices(folder)
  expect(await second.call('datasets.list')).toEqual([dataset])
})

test('a home is held by one Unroll at a time', async () => {
  const folder = temporaryFolder()
  const first = await openServices(folder)
  await expect(openServices(folder)).rejects.toMatchObject({ code: 'folder.in-use' })
  await first.services.close()
  expect(existsSync(join(folder, '.lock'))).toBe(false)
  // What a killed process left is taken over.
  writeFileSync(join(folder, '.lock'), '999999 1')
  await openServices(folder)
})

test('each sample becomes a dataset that says where it is from', async () => {
  const { call } = await openServices(temporaryFolder())
  const samples = await call('samples.list')
  expect(samples.map(({ kind }) => kind).sort()).toEqual(['generated', 'pairs', 'series', 'text'])
  for (const { id, kind } of samples) {
    const dataset = await call('datasets.fromSample', { sample: id })
    expect(dataset).toMatchObject({ sample: id, kind: kind === 'pairs' ? 'generated' : kind })
    expect((await call('datasets.get', { id: dataset.id })).preview.kind).toBe(kind === 'pairs' ? 'sequences' : kind)
  }
})

test('a dataset whose dataset.json is torn or gone is listed as damaged, and used again once it is back', async () => {
  const folder = temporaryFolder()
  const before = await openServices(folder)
  const [torn, gone] = [await before.importText(), await before.importText()]
  await before.services.close()
  const file = (id: string) => join(folder, 'datasets', id, 'dataset.json')
  const written = readFileSync(file(torn.id), 'utf8')
  writeFileSync(file(torn.id), written.replace('"kind": "text"', '"kind": "tekst"'))
  renameSync(file(gone.id), `${file(gone.id)}.away`)

  const { call } = await openServices(folder)
  expect(await call('datasets.list')).toEqual([])
  const damaged = await call('datasets.damaged')
  expect(damaged.toSorted((a, b) => a.error.message.length - b.error.message.length)).toMatchObject([
    { id: gone.id, name: gone.id, error: { code: 'dataset.unreadable', message: `${file(gone.id)} can't be read: it isn't there.`, hint: expect.stringContaining('import the data again') as string } },
    { id: torn.id, name: torn.name, error: { code: 'dataset.unreadable', message: expect.stringMatching(/"kind" isn't what Unroll writes/) as string } },
  ])
  await expect(call('datasets.get', { id: torn.id })).rejects.toMatchObject({ code: 'dataset.unreadable' })
  await call('datasets.remove', { id: torn.id })
  expect(await call('datasets.damaged')).toHaveLength(1)
  expect(await call('datasets.restore', { id: torn.id })).toBeNull()
  await expect(call('datasets.recheck', { id: torn.id })).rejects.toMatchObject({ code: 'dataset.unreadable' })
  writeFileSync(file(torn.id), written)
  renameSync(`${file(gone.id)}.away`, file(gone.id))
  for (const { id } of [torn, gone]) expect(await call('datasets.recheck', { id })).toMatchObject({ id, kind: 'text' })
  expect(await call('datasets.damaged')).toEqual([])
  expect(await call('datasets.list')).toHaveLength(2)
})
