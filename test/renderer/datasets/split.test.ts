// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { enableAutoUnmount, mount } from '@vue/test-utils'
import { experimentSchema, type ExperimentInput } from '@shared/experiment/schema'
import { withSplit } from '@shared/experiment/split-change'
import type { DatasetDetails, Report, ReportRow, SourceChanges } from '@shared/rpc/schemas'
import { changeOf, fieldsOf, offersOf, type SplitFields } from '@renderer/features/datasets/split'
import DatasetPage from '@renderer/features/datasets/DatasetPage.vue'
import ReportTable from '@renderer/features/datasets/ReportTable.vue'
import { useDatasets } from '@renderer/stores/datasets'
import { defineComponent, h } from 'vue'
import { fakeImportHost } from '../support/fake-import-host'
import { fakeDetails } from '../support/fake-runs'
import { mountScreen, settle } from '../support/mount-screen'

afterEach(() => { document.body.innerHTML = '' })
enableAutoUnmount(afterEach)

const records = (data: Partial<Extract<ExperimentInput['data'], { kind: 'records' }>> = {}): DatasetDetails => {
  const details = fakeDetails('text')
  const experiment = experimentSchema.parse({ ...details.dataset.experiment, data: { kind: 'records', source: 'a.csv', sequence: 'name', label: 'language', ...data }, task: { output: 'last-step', loss: 'cross-entropy' } })
  return {
    ...details, dataset: { ...details.dataset, kind: 'records', experiment },
    preview: {
      kind: 'records', form: 'table', records: 10, delimiter: ',', header: true, columns: ['name', 'language', 'author', 'set'].map((name) => ({ name, examples: [], distinct: 3, length: 4 })),
      chosen: { sequence: 'name', target: 'language', targetIs: 'class', group: null, unit: 'char', repeats: 'once', faulty: 'refuse' }, leftOut: { count: 0, first: null }, first: [],
      sequences: { count: 10, shortest: 1, longest: 3, mean: 2, lengths: [], symbols: 3, vocabulary: [] }, targets: null, classes: null, repeated: 0, torn: 0,
    },
  }
}
const changed = (details: DatasetDetails, fields: Partial<SplitFields>) => changeOf({ ...fieldsOf(details.dataset.experiment), ...fields }, details.dataset.experiment, offersOf(details))

describe('the fields of a split', () => {
  it('say only what is other than it is, and what they say leads to them again', () => {
    const steps: Partial<SplitFields>[] = [
      { method: 'random' }, { method: 'order' }, { method: 'group', group: 'author' }, { method: 'given', part: 'set' }, { method: 'stratified', together: 'alike' }, { seed: 4, validation: 20 },
      { method: 'group', group: 'author', repeats: 'all' }, { method: 'order', contradictions: 'leave-out' },
    ]
    let details = records()
    expect(changed(details, {})).toEqual({})
    for (const step of steps) {
      const data = withSplit(details.dataset.experiment.data, changed(details, step))
      details = { ...details, dataset: { ...details.dataset, experiment: { ...details.dataset.experiment, data } } }
      expect(fieldsOf(details.dataset.experiment)).toMatchObject(step)
      expect(changed(details, {})).toEqual({})
    }
  })
  it('of a column that isn’t chosen yet change nothing', () => {
    expect(changed(records(), { method: 'group' })).toEqual({})
    expect(changed(records(), { method: 'given' })).toEqual({})
    expect(changed(records({ group: 'author' }), { method: 'stratified' })).toEqual({ split: 'stratified', group: null })
  })
  it('are those that its kind has', () => {
    expect(offersOf(records())).toMatchObject({ methods: ['stratified', 'random', 'order', 'group', 'given'], gap: null, columns: [{ name: 'name' }, { name: 'author' }, { name: 'set' }] })
    expect(offersOf(fakeDetails('text'))).toMatchObject({ methods: ['time'], gap: 'characters', seed: false })
    expect(offersOf(fakeDetails('series'))).toMatchObject({ methods: ['time'], gap: 'rows' })
  })
})

const pageOf = (id: string) => defineComponent(() => {
  const datasets = useDatasets()
  void datasets.open(id)
  return () => {
    const details = datasets.details.get(id)
    return details ? h(DatasetPage, { details, error: datasets.detailErrors.get(id) ?? null }) : null
  }
})
const button = (wrapper: Awaited<ReturnType<typeof mountScreen>>, text: string) => wrapper.findAll('button').find((each) => each.text().includes(text))!

describe('the audit', () => {
  it('mends by a button, looks again, and takes it back', async () => {
    let details = records({ repeats: 'all' })
    const looked: unknown[] = []
    const fake = fakeImportHost({
      'datasets.list': () => [details.dataset],
      'datasets.get': () => details,
      'datasets.setSplit': ({ change }) => (details = { ...details, dataset: { ...details.dataset, experiment: { ...details.dataset.experiment, data: withSplit(details.dataset.experiment.data, change) } } }),
      'datasets.audit': () => {
        const { data } = details.dataset.experiment
        looked.push(data)
        return data.kind === 'records' && data.together === 'equal' ? { findings: [{ subject: 'duplicates', level: 'clean', count: 0, of: 9, message: 'None stands in training.', mend: null, examples: [], remedies: [] }] }
          : { findings: [{ subject: 'duplicates', level: 'leak', count: 182, of: 4010, message: '182 stand in training.', mend: 'Keep them together.', examples: [], remedies: [{ label: 'Keep duplicates on one side', change: { together: 'equal' } }] }] }
      },
    })
    const wrapper = await mountScreen(pageOf('data-text'), null, fake.host)
    expect(wrapper.text()).toContain('182 stand in training.')
    await button(wrapper, 'Keep duplicates on one side').trigger('click')
    await settle()
    expect(wrapper.text()).toContain('None stands in training.')
    expect(looked).toHaveLength(2)
    await button(wrapper, 'Undo “Keep duplicates on one side”').trigger('click')
    await settle()
    expect(wrapper.text()).toContain('182 stand in training.')
    expect(details.dataset.experiment.data).toMatchObject({ together: 'none' })
    expect(wrapper.findAll('button').some((each) => each.text().startsWith('Undo'))).toBe(false)
  })
})

describe('the report', () => {
  const rowAt = (at: number): ReportRow => ({ kind: at % 2 === 0 ? 'left-out' : 'repeat', file: null, line: at + 2, place: null, wrong: `wrong ${at}`, done: 'Left out' })
  it('draws the rows in sight alone, and asks for those it hasn’t got', async () => {
    const wrapper = mount(ReportTable, { props: { rows: new Map([[0, rowAt(0)], [1, rowAt(1)]]), total: 100_000 }, attachTo: document.body })
    await settle()
    expect(wrapper.findAll('tbody tr').length).toBeLessThan(60)
    const scroller = wrapper.get('.scroller').element
    Object.defineProperty(scroller, 'scrollTop', { value: 28 * 50_000, configurable: true, writable: true })
    await wrapper.get('.scroller').trigger('scroll')
    const [first, last] = wrapper.emitted<[number, number]>('see')!.at(-1)!
    expect(first).toBeLessThan(50_000)
    expect(last).toBeGreaterThan(50_000)
    expect(last - first).toBeLessThan(60)
  })
  it('is filtered by kind and found in', async () => {
    const asked: { kind: string | null; find: string }[] = []
    const details = records()
    const page: Report = { read: 12, used: 10, unit: 'records', counts: [{ kind: 'left-out', count: 2 }], total: 2, complete: true, rows: [rowAt(0), rowAt(2)] }
    const fake = fakeImportHost({ 'datasets.list': () => [details.dataset], 'datasets.get': () => details, 'datasets.report': ({ kind, find }) => (asked.push({ kind, find }), page) })
    const wrapper = await mountScreen(pageOf('data-text'), null, fake.host)
    expect(wrapper.text()).toContain('10 records are used, of 12 in the source')
    await button(wrapper, 'left out').trigger('click')
    await new Promise((resolve) => { setTimeout(resolve, 260) })
    await settle()
    expect(asked.at(-1)).toEqual({ kind: 'left-out', find: '' })
    expect(wrapper.text()).toContain('wrong 0')
  })
})

describe('a source read again', () => {
  const changes: SourceChanges = { same: false, bytes: { before: 10, after: 12 }, length: { before: 10, after: 12 }, unit: 'records', named: 'classes', appeared: ['Welsh'], vanished: [], types: [], rows: { added: 3, removed: 1, changed: 0, examples: [{ what: 'added', place: 'line 4', before: null, after: 'Evans → Welsh' }] }, stretch: null }
  it('is told before anything is replaced; keeping the old one forgets it', async () => {
    const details: DatasetDetails = { ...records(), source: { name: 'names.csv', state: 'changed' } }
    const dataset = { ...details.dataset, sample: null }
    const fake = fakeImportHost({ 'datasets.list': () => [dataset], 'datasets.get': () => ({ ...details, dataset }), 'datasets.readAgain': () => changes, 'datasets.discardAgain': () => null, 'datasets.replace': () => ({ ...details, dataset: { ...dataset, length: 12 } }) })
    const wrapper = await mountScreen(pageOf('data-text'), null, fake.host)
    await button(wrapper, 'Source changed').trigger('click')
    await settle()
    expect(wrapper.text()).toContain('2 more records: 12, before 10')
    expect(wrapper.text()).toContain('3 records added, 1 removed, 0 changed')
    expect(wrapper.text()).toContain('“Welsh”')
    await button(wrapper, 'Keep the old one').trigger('click')
    await settle()
    expect(fake.calls.some(({ method }) => method === 'datasets.discardAgain')).toBe(true)
    expect(fake.calls.some(({ method }) => method === 'datasets.replace')).toBe(false)
    await button(wrapper, 'Source changed').trigger('click')
    await settle()
    await button(wrapper, 'Replace').trigger('click')
    await settle()
    expect(useDatasets().byId(dataset.id)?.length).toBe(12)
    expect(wrapper.text()).not.toContain('Source read again')
  })
})
