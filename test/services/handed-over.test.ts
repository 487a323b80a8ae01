import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contract } from '@shared/rpc/contract'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices } from './open-services'

test('pasted text becomes a file that is imported like any other, and is forgotten at the next start', async () => {
  const home = temporaryFolder()
  const { call, services } = await openServices(home)
  const token = await call('files.fromText', { name: 'pasted.tsv', text: 'word\tlabel\nada\tx\nbea\ty\ncee\tx\ndee\ty\n' })
  expect(token).toMatchObject({ name: 'pasted.tsv' })
  expect(await call('datasets.preview', { file: token.token, options: null })).toMatchObject({ kind: 'records', records: 4 })
  expect(existsSync(join(home, '.handed-over'))).toBe(true)
  await services.close()
  await openServices(home)
  expect(existsSync(join(home, '.handed-over'))).toBe(false)
})

test('files handed over one by one become a folder', async () => {
  const home = temporaryFolder()
  const { call, services } = await openServices(home)
  const files = await Promise.all(['German', 'Czech'].map(async (name) => {
    writeFileSync(join(home, `${name}.txt`), `${name}a\n${name}b\n`)
    return { token: (await services.grantFile(join(home, `${name}.txt`))).token, path: `deep/${name}.txt` }
  }))
  const folder = await call('files.bundle', { name: 'tongues', files })
  expect(folder).toMatchObject({ name: 'tongues', folder: true })
  const path = services.pathOf(folder.token)!
  expect(readFileSync(join(path, 'deep', 'Czech.txt'), 'utf8')).toBe('Czecha\nCzechb\n')
  await expect(call('files.bundle', { name: 'twice', files: [files[0]!, files[0]!] })).rejects.toMatchObject({ code: 'file.same-path' })
  await expect(call('files.bundle', { name: 'x', files: [{ token: 'nobody gave', path: 'a' }] })).rejects.toMatchObject({ code: 'file.unknown-token' })
  for (const place of ['../up', '/root', 'a//b', '.', 'a/../b', 'a\\b']) expect(contract['files.bundle'].params.safeParse({ name: 'x', files: [{ token: 'a', path: place }] }).success, place).toBe(false)
  expect(contract['files.fromText'].params.safeParse({ name: '../x', text: 'a' }).success).toBe(false)
})

test('a generated task is previewed and made with its own parameters', async () => {
  const { call } = await openServices(temporaryFolder())
  const data = { kind: 'generated' as const, generator: 'parity' as const, steps: 12, examples: 60 }
  expect(await call('datasets.previewGenerated', { data })).toMatchObject({ kind: 'sequences', count: 60, steps: 12 })
  const dataset = await call('datasets.generate', { name: 'Parity', data })
  expect(dataset).toMatchObject({ kind: 'generated', length: 60, sample: null, experiment: { data: { generator: 'parity' }, task: { output: 'every-step', loss: 'cross-entropy' } } })
  await expect(call('datasets.generate', { name: 'No', data: { ...data, noise: 1 } })).rejects.toMatchObject({ code: 'experiment.data' })
  expect(await call('datasets.list')).toHaveLength(1)
})
