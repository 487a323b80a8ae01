import { UnrollError } from '@shared/errors'
import { withSplit } from '@shared/experiment/split-change'
import type { Method, ParsedParams, Result } from '@shared/rpc/contract'
import type { Dataset, DatasetDetails, FileToken, ImportOptions, Preview, Run } from '@shared/rpc/schemas'
import type { WorkbenchHost } from '@renderer/rpc/host'
import { fakeRunHost } from './fake-run-host'
import { fakeDataset, fakeDetails, type FakeKind, fakeRun } from './fake-runs'

type Answers = { [M in Method]?: (params: ParsedParams<M>) => Result<M> | Promise<Result<M>> }

export const token: FileToken = { token: 'token-of-file', name: 'births.csv', bytes: 5120 }

/** A table as a preview shows it, with whatever was chosen instead of the guesses. */
export function seriesPreview(options: ImportOptions | null): Preview {
  const set = options?.kind === 'series' ? options : { kind: 'series' as const }
  return {
    kind: 'series', rows: 900, delimiter: set.delimiter ?? ',', header: set.header ?? true,
    columns: [
      { name: 'date', type: 'date', examples: ['2000-01-01'], min: null, max: null },
      { name: 'births', type: 'number', examples: ['9083'], min: 5728, max: 16081 },
      { name: 'weekday', type: 'number', examples: ['6'], min: 1, max: 7 },
    ],
    table: [['2000-01-01', '9083', '6']],
    chosen: { columns: set.columns ?? ['births'], target: set.target ?? ['births'], time: set.time === undefined ? 'date' : set.time, horizon: set.horizon ?? 1, scale: set.scale ?? 'standard' },
    curve: { column: 'births', points: [[0, 1, 2], [450, 3, 3], [899, 0, 4]], firstTime: '2000-01-01', lastTime: '2002-06-18' },
    series: null,
  }
}

export const textPreview: Preview = { kind: 'text', unit: 'char', characters: 4, vocabulary: [{ symbol: 'a', count: 3 }, { symbol: '\n', count: 1 }], start: 'aaa\n', encoding: 'UTF-8', lines: null, documents: null }

/** Recordings and arrays are stood for by records. */
const fakeKind = (kind: Dataset['kind']): FakeKind => (kind === 'audio' || kind === 'tensors' ? 'records' : kind)

/** A promise that the test answers. */
export function asked<T>() {
  let answer!: (value: T) => void
  let refuse!: (reason: unknown) => void
  const promise = new Promise<T>((resolve, reject) => { answer = resolve; refuse = reject })
  return { promise, answer, refuse }
}

/** The main side as Start, Data and Model need it; datasets can be removed, brought back and split anew. */
export function fakeImportHost(answers: Answers = {}, { datasets = ['text', 'series', 'generated'] as FakeKind[], runs = [] as Run[] } = {}) {
  const kept = new Map<string, DatasetDetails>(datasets.map((kind) => [`data-${kind}`, fakeDetails(kind)]))
  const connection = new Set<(connected: boolean) => void>()
  const find = (id: string) => {
    const found = kept.get(id)
    if (!found) throw new UnrollError('dataset.not-found', `There is no dataset "${id}".`)
    return found
  }
  const add = (dataset: Dataset): Dataset => {
    kept.set(dataset.id, { ...fakeDetails(fakeKind(dataset.kind)), dataset })
    return dataset
  }
  const removed = new Map<string, DatasetDetails>()
  const fake = fakeRunHost(runs, undefined, {
    'samples.list': () => [{ id: 'moby-dick', title: 'Moby-Dick', kind: 'text', description: 'A novel.', shows: 'Noise becomes words.', size: '1,190,317 characters', source: '@stdlib' }],
    'datasets.list': () => [...kept.values()].map(({ dataset }) => dataset),
    'datasets.get': ({ id }) => find(id),
    'datasets.preview': ({ options }) => options?.kind === 'text' ? textPreview : seriesPreview(options),
    'datasets.import': ({ name, options }) => add({ ...fakeDataset(fakeKind(options.kind)), id: 'imported', name, sample: null, created: '2026-05-02T00:00:00.000Z' }),
    'datasets.previewGenerated': ({ data }) => ({ kind: 'sequences', answers: 'each-step', count: data.examples, steps: data.steps, task: 'The next symbol.', examples: [{ inputs: ['B', 'T'], targets: ['T', 'B'] }] }),
    'datasets.generate': ({ name }) => add({ ...fakeDataset('generated'), id: 'made', name, sample: null, created: '2026-05-02T00:00:00.000Z' }),
    'datasets.fromSample': () => add(fakeDataset('text')),
    'datasets.audit': () => ({ findings: [{ subject: 'duplicates', level: 'leak', count: 182, of: 4010, message: '182 held-out names stand in training.', mend: 'Use each once.', examples: ['Abel'], remedies: [{ label: 'Use each once', change: { repeats: 'once' } }] }] }),
    'datasets.previewSplit': ({ id }) => ({ parts: find(id).split.map(({ part, count }) => ({ part, count, first: null, last: null })), left: 0, classes: null, groups: null, crossing: null, series: null }),
    'datasets.report': () => ({ read: 10, used: 10, unit: 'rows', counts: [], total: 0, complete: true, rows: [] }),
    'datasets.setSplit': ({ id, change }) => {
      const { dataset, ...others } = find(id)
      const data = withSplit(dataset.experiment.data, change)
      const { validation, test } = data
      const count = (share: number) => Math.round(dataset.length * share)
      const next: DatasetDetails = {
        ...others, dataset: { ...dataset, experiment: { ...dataset.experiment, data } },
        split: others.split.map((part) => ({ ...part, count: part.part === 'train' ? dataset.length - count(validation + test) : count(part.part === 'test' ? test : validation) })),
      }
      kept.set(id, next)
      return next
    },
    'datasets.remove': ({ id }) => (removed.set(id, find(id)), kept.delete(id), null),
    'datasets.restore': ({ id }) => (kept.set(id, removed.get(id)!), removed.get(id)!.dataset),
    'datasets.cancel': () => null,
    'runs.start': ({ datasetId, experiment }) => ({ ...fakeRun('text'), id: 'started', name: experiment.name, datasetId, experiment, state: 'preparing', created: '2026-05-03T00:00:00.000Z' }),
    ...answers,
  })
  const host: WorkbenchHost = {
    ...fake.host,
    rpc: { ...fake.host.rpc, onConnection: (handler) => (connection.add(handler), () => connection.delete(handler)) },
    registerFile: (file) => Promise.resolve({ ...token, name: file.name, bytes: file.size }),
    pickFile: () => Promise.resolve(token),
    pickFolder: () => Promise.resolve({ ...token, name: 'texts', folder: true }),
  }
  return { ...fake, host, connect: (connected: boolean) => { for (const handler of connection) handler(connected) } }
}
