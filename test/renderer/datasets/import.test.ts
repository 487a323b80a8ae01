// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { UnrollError } from '@shared/errors'
import type { FileToken, Preview } from '@shared/rpc/schemas'
import { useImport } from '@renderer/stores/import'
import { asked, fakeImportHost, seriesPreview, textPreview, token } from '../support/fake-import-host'
import { settle, withStores } from '../support/mount-screen'

afterEach(() => { document.body.innerHTML = '' })
const previews = (fake: ReturnType<typeof fakeImportHost>) => fake.calls.filter(({ method }) => method === 'datasets.preview').map(({ params }) => (params as { options: unknown }).options)

describe('the import', () => {
  it('guesses everything first, then keeps guesses beside what is corrected', async () => {
    const fake = fakeImportHost()
    const store = withStores(fake.host, useImport)
    await store.pick()
    expect(store.name).toBe('births')
    expect(store.kind).toBe('series')
    await store.setOptions({ horizon: 7 })
    expect(previews(fake)).toEqual([null, { kind: 'series', delimiter: ',', header: true, columns: ['births'], target: ['births'], time: 'date', horizon: 7, scale: 'standard' }])
    // Another delimiter makes other columns: what was named is guessed anew.
    await store.setOptions({ delimiter: ';' })
    expect(previews(fake)[2]).toEqual({ kind: 'series', delimiter: ';', header: true, horizon: 7, scale: 'standard' })
  })

  it('imports exactly what the preview showed', async () => {
    const fake = fakeImportHost()
    const store = withStores(fake.host, useImport)
    await store.pick()
    store.name = '  Births  '
    const dataset = await store.confirm()
    expect(dataset?.id).toBe('imported')
    expect(fake.calls.at(-1)).toEqual({ method: 'datasets.import', params: { file: token.token, name: 'Births', options: { kind: 'series', delimiter: ',', header: true, columns: ['births'], target: ['births'], time: 'date', horizon: 1, scale: 'standard' } } })
    expect(store.phase).toBe('idle')
    expect(store.begun).toBe(false)
  })

  it('changes nothing when the dialog is dismissed', async () => {
    const fake = fakeImportHost()
    const store = withStores({ ...fake.host, pickFile: () => Promise.resolve(null) }, useImport)
    await store.pick()
    expect(store.begun).toBe(false)
    expect(fake.calls).toEqual([])
  })

  it('keeps the form when a choice can\'t be read, and recovers', async () => {
    const bad = new UnrollError('dataset.not-a-number', 'A number was expected in row 811.', { hint: 'Leave the column out.', where: { file: 'births.csv', line: 812, column: 2 } })
    const fake = fakeImportHost({ 'datasets.preview': ({ options }) => {
      if (options?.kind === 'series' && options.columns?.includes('weekday')) throw bad
      return seriesPreview(options)
    } })
    const store = withStores(fake.host, useImport)
    await store.pick()
    await store.setOptions({ columns: ['births', 'weekday'] })
    expect(store.error).toMatchObject({ code: 'dataset.not-a-number', where: { line: 812, column: 2 } })
    expect(store.preview).not.toBeNull()
    expect(store.canImport).toBe(false)
    expect(await store.confirm()).toBeNull()
    await store.setOptions({ columns: ['births'] })
    expect(store.error).toBeNull()
    expect(store.canImport).toBe(true)
  })

  it('shows only the answer to the last question', async () => {
    const first = asked<Preview>()
    const fake = fakeImportHost({ 'datasets.preview': ({ options }) => options === null ? first.promise : textPreview })
    const store = withStores(fake.host, useImport)
    const picked = store.pick()
    await settle()
    expect(store.phase).toBe('reading')
    await store.setKind('text')
    expect(fake.calls.map(({ method }) => method)).toContain('datasets.cancel')
    first.answer(seriesPreview(null))
    await picked
    expect(store.preview?.kind).toBe('text')
    expect(store.phase).toBe('ready')
  })

  it('ends an upload that is cancelled, and forgets it', async () => {
    const upload = asked<FileToken>()
    let aborted = false
    const fake = fakeImportHost()
    const store = withStores({ ...fake.host, registerFile: (_file, onProgress, signal) => {
      onProgress?.(1)
      signal?.addEventListener('abort', () => { aborted = true; upload.refuse(new UnrollError('upload.cancelled', 'Cancelled.')) })
      return upload.promise
    } }, useImport)
    const taken = store.take({ kind: 'file', file: new File(['four'], 'big.txt') })
    await settle()
    expect([store.phase, store.received, store.fileName]).toEqual(['receiving', { bytes: 1, totalBytes: 4, rows: 0, remainingMs: expect.any(Number) as number }, 'big.txt'])
    await store.cancel()
    await taken
    expect(aborted).toBe(true)
    expect([store.phase, store.begun, store.error]).toEqual(['idle', false, null])
  })

  it('goes back to the form when an import under way is cancelled', async () => {
    const importing = asked<never>()
    const fake = fakeImportHost({ 'datasets.import': () => importing.promise, 'datasets.cancel': () => (importing.refuse(new UnrollError('dataset.cancelled', 'Cancelled.')), null) })
    const store = withStores(fake.host, useImport)
    await store.pick()
    const confirmed = store.confirm()
    fake.emit('import.progress', { stage: 'reading', bytes: 512, totalBytes: 5120, rows: 90, remainingMs: 4000 })
    expect(store.progress?.rows).toBe(90)
    await store.cancel()
    expect(await confirmed).toBeNull()
    expect([store.phase, store.error]).toEqual(['ready', null])
    expect(store.canImport).toBe(true)
  })

  it('says why a file could not be taken', async () => {
    const fake = fakeImportHost()
    const store = withStores({ ...fake.host, registerFile: () => Promise.reject(new UnrollError('upload.too-large', 'It is too large.')) }, useImport)
    await store.take({ kind: 'file', file: new File(['four'], 'big.txt') })
    expect(store.error?.message).toBe('It is too large.')
    expect(store.begun).toBe(true)
    store.clear()
    expect(store.begun).toBe(false)
  })
})
