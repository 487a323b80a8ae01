// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { UnrollError } from '@shared/errors'
import type { Column } from '@shared/rpc/schemas'
import { enableAutoUnmount, mount } from '@vue/test-utils'
import ColumnRoles from '@renderer/features/datasets/ColumnRoles.vue'
import { draw, merged, nearestBucket, rangeOf } from '@renderer/features/datasets/curve'
import DatasetPage from '@renderer/features/datasets/DatasetPage.vue'
import ImportPage from '@renderer/features/datasets/ImportPage.vue'
import { splitFault } from '@renderer/features/datasets/split'
import { progressInWords } from '@renderer/features/datasets/words'
import { navigate, route } from '@renderer/shell/navigation'
import { useToasts } from '@renderer/shell/toasts'
import { useDatasets } from '@renderer/stores/datasets'
import { useImport } from '@renderer/stores/import'
import { defineComponent, h } from 'vue'
import { fakeImportHost, seriesPreview } from '../support/fake-import-host'
import { mountScreen, settle } from '../support/mount-screen'

afterEach(() => { document.body.innerHTML = '' })
enableAutoUnmount(afterEach)

/** The page of a dataset, fed by the store as DataScreen feeds it. */
const pageOf = (id: string) => defineComponent(() => {
  const datasets = useDatasets()
  void datasets.open(id)
  return () => {
    const details = datasets.details.get(id)
    return details ? h(DatasetPage, { details, error: datasets.detailErrors.get(id) ?? null }) : null
  }
})
const field = (wrapper: Awaited<ReturnType<typeof mountScreen>>, label: string) => {
  const id = wrapper.findAll('label').find((candidate) => candidate.text() === label)!.attributes('for')!
  return wrapper.get(`#${CSS.escape(id)}`)
}

describe('a dataset\'s page', () => {
  it('saves a split that is typed, and shows the new counts', async () => {
    const fake = fakeImportHost()
    const wrapper = await mountScreen(pageOf('data-text'), null, fake.host)
    expect(wrapper.text()).toContain('972,000')
    await field(wrapper, 'Validation').setValue('20')
    await wrapper.get('form').trigger('submit')
    await settle()
    expect(fake.calls.filter(({ method }) => method === 'datasets.setSplit').map(({ params }) => params)).toEqual([{ id: 'data-text', change: { validation: 0.2 } }])
    expect(wrapper.text()).toContain('850,500')
  })

  it('says what is wrong with a split before asking for it', async () => {
    const fake = fakeImportHost()
    const wrapper = await mountScreen(pageOf('data-text'), null, fake.host)
    await field(wrapper, 'Test').setValue('60')
    await wrapper.get('form').trigger('submit')
    await settle()
    expect(wrapper.text()).toContain('Test must be from 0 to 50 %.')
    expect(field(wrapper, 'Test').attributes('aria-invalid')).toBe('true')
    expect(fake.calls.some(({ method }) => method === 'datasets.setSplit')).toBe(false)
  })

  it('shows a refusal beside the split', async () => {
    const fake = fakeImportHost({ 'datasets.setSplit': () => { throw new UnrollError('dataset.split', 'Nothing is left to train on.') } })
    const wrapper = await mountScreen(pageOf('data-text'), null, fake.host)
    await field(wrapper, 'Test').setValue('45')
    await wrapper.get('form').trigger('submit')
    await settle()
    expect(wrapper.get('[role=alert]').text()).toContain('Nothing is left to train on.')
  })

  it('removes with a way back', async () => {
    const fake = fakeImportHost()
    navigate('data', 'data-text')
    const wrapper = await mountScreen(pageOf('data-text'), null, fake.host)
    await wrapper.get('button[aria-label="Remove this dataset"]').trigger('click')
    await settle()
    expect(useDatasets().byId('data-text')).toBeNull()
    expect(route.value.id).not.toBe('data-text')
    useToasts().toasts[0]?.action?.run()
    await settle()
    expect(useDatasets().byId('data-text')?.name).toBe('moby-dick')
  })

  it('ranks baselines by loss', async () => {
    const wrapper = await mountScreen(pageOf('data-text'), null, fakeImportHost().host)
    const rows = wrapper.findAll('section').find((section) => section.text().startsWith('Baselines'))!.findAll('tbody tr').map((row) => row.text())
    expect(rows[0]).toMatch(/^Bigram.*2\.451.*27\.1 %/s)
    expect(rows[1]).toMatch(/^Unigram/)
  })
})

describe('the import page', () => {
  it('shows an error with its place and hint, and no way to import it', async () => {
    const fake = fakeImportHost({ 'datasets.preview': () => {
      throw new UnrollError('dataset.not-utf8', 'births.csv is not UTF-8.', { hint: 'Save it as UTF-8.', where: { file: 'births.csv', line: 3, column: 9 } })
    } })
    const wrapper = await mountScreen(ImportPage, null, fake.host)
    await useImport().pick()
    await settle()
    const alert = wrapper.get('[role=alert]').text()
    expect(alert).toContain('births.csv is not UTF-8.')
    expect(alert).toContain('births.csv · line 3 · column 9')
    expect(alert).toContain('Save it as UTF-8.')
    expect(wrapper.findAll('button').find((button) => button.text().startsWith('Import'))!.attributes('disabled')).toBeDefined()
  })

  it('shows progress in figures while it imports', async () => {
    const fake = fakeImportHost({ 'datasets.import': () => new Promise(() => {}) })
    const wrapper = await mountScreen(ImportPage, null, fake.host)
    await useImport().pick()
    await settle()
    await wrapper.findAll('button').find((button) => button.text().startsWith('Import'))!.trigger('click')
    fake.emit('import.progress', { stage: 'reading', bytes: 512 * 1024, totalBytes: 2 * 1024 * 1024, rows: 90, remainingMs: 95_000 })
    await settle()
    expect(wrapper.get('[role=status]').text()).toContain('512 KiB of 2.0 MiB · 90 rows · 1 min 35 s left')
    expect(wrapper.get('[role=progressbar]').attributes('aria-valuenow')).toBe('25')
  })

  it('counts no rows of a text', () => {
    const told = { bytes: 512 * 1024, totalBytes: 2 * 1024 * 1024, rows: 90, remainingMs: 95_000 }
    expect(progressInWords(told, null)).toBe('512 KiB of 2.0 MiB · 1 min 35 s left')
    expect(progressInWords(told, 'rows')).toBe('512 KiB of 2.0 MiB · 90 rows · 1 min 35 s left')
  })
})

describe('the roles of columns', () => {
  const preview = seriesPreview(null)
  const columns: Column[] = preview.kind === 'series' ? preview.columns : []
  it('change in the file\'s order, and never leave none', async () => {
    const wrapper = mount(ColumnRoles, { props: { columns, inputs: ['weekday'], targets: ['births'], time: 'date' } })
    await wrapper.get('[aria-label="births is an input"]').trigger('change')
    expect(wrapper.emitted('change')).toEqual([[{ columns: ['births', 'weekday'] }]])
    expect(wrapper.get('[aria-label="births is a target"]').attributes('disabled')).toBeDefined()
    expect(wrapper.get('[aria-label="date is an input"]').attributes('disabled')).toBeDefined()
  })
})

describe('split faults', () => {
  it('are sentences', () => {
    expect(splitFault(10, 10)).toEqual({ validation: null, test: null })
    expect(splitFault(Number.NaN, 10).validation).toBe('Validation must be a number of percent.')
    expect(splitFault(50, 45).test).toBe('Together they leave less than 10 % to train on.')
  })
})

describe('the curve', () => {
  it('keeps every extreme when buckets are merged', () => {
    const points = Array.from({ length: 2000 }, (_, row): [number, number, number] => [row, row === 777 ? -50 : 0, row === 1234 ? 99 : 1])
    const few = merged(points, 500)
    expect(few).toHaveLength(500)
    expect(rangeOf(few)).toEqual({ min: -50, max: 99 })
  })
  it('draws one line where every bucket is one value, a band elsewhere', () => {
    expect(draw([[0, 1, 1], [1, 3, 3]], { min: 1, max: 3 }, 2)).toEqual({ band: '', line: 'M0.0 100.00L1000.0 0.00' })
    expect(draw([[0, 1, 2], [1, 1, 3]], { min: 1, max: 3 }, 2).band).toBe('M0.0 50.00L1000.0 0.00L1000.0 100.00L0.0 100.00Z')
  })
  it('gives a constant series room, and finds the nearest bucket', () => {
    expect(rangeOf([[0, 5, 5]])).toEqual({ min: 4, max: 6 })
    expect(nearestBucket([[0, 1, 1], [10, 2, 2], [20, 3, 3]], 14)?.[0]).toBe(10)
    expect(nearestBucket([], 3)).toBeNull()
  })
})
