import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Params } from '@shared/rpc/contract'
import type { Dataset } from '@shared/rpc/schemas'
import { writeWav } from '@main/data/audio/wav'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices, type Opened } from './open-services'

type Feature = Params<'inspect.correlate'>['features'][number]

async function trained({ call, until }: Opened, dataset: Dataset): Promise<string> {
  const { experiment } = dataset
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: { ...experiment, model: { ...experiment.model, cell: 'gru', hiddenSize: 8, layers: 1 }, training: { ...experiment.training, maxSteps: 30, checkpointEvery: 30, gradientFlowEvery: 10 } } })
  expect((await until(id, ({ state }) => state === 'done' || state === 'failed')).error).toBe(null)
  return id
}

const finite = (values: ArrayLike<number>) => { for (const value of Array.from(values)) expect(Number.isFinite(value)).toBe(true) }

/** Every way of looking inside, over one sequence and over the whole data; nothing may fail, and shapes must fit together. */
async function everything({ call }: Opened, id: string, input: Params<'inspect.open'>['input'], features: Feature[]) {
  const trace = await call('inspect.open', { id, input })
  const [steps, to] = [trace.steps, Math.min(trace.steps, 40)]
  const at = { trace: trace.trace }
  const range = { ...at, from: 0, to }
  expect(trace.timelines[0]!.labels).toHaveLength(steps)
  for (const { name, width, steps: own } of trace.tensors) {
    const { values } = await call('inspect.window', { ...at, tensor: name, from: 0, to: own })
    expect(values).toHaveLength(own * width)
    finite(values!)
  }
  const read = await call('inspect.window', { ...at, tensor: 'x', from: 0, to: steps })
  expect(read.values).toHaveLength(steps * read.width)
  const moment = await call('inspect.moment', { ...at, step: to - 1 })
  if (moment.input.values) expect([...moment.input.values]).toEqual([...read.values!.subarray((to - 1) * read.width, to * read.width)])
  else expect(read.values![to - 1]).toBe(moment.input.token)
  expect((await call('inspect.flow', range)).norms.at(-1)).toBeCloseTo(1, 5)
  const gradients = await call('inspect.gradients', { ...range, followed: { kind: 'likeliest' } })
  expect(gradients.norms).toHaveLength(to * to)
  finite(gradients.norms)
  finite((await call('inspect.occlusion', range)).effects)
  expect([...(await call('inspect.order', { ...at, tensor: 'h_l0' })).order].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect((await call('inspect.spectrum', at)).blocks).toHaveLength(3)
  finite((await call('inspect.jacobian', { ...at, step: to - 1 })).re)
  await call('inspect.fixedPoints', { ...at, starts: 3, input: { kind: 'mean', from: 0, to } })
  const space = await call('inspect.space', { cloud: { id, most: 60, features }, trajectory: { ...range, tensor: 'h_l0' } })
  expect(space.places).toHaveLength(space.cloud.length / 2)
  expect(space.colours).toHaveLength(features.length)
  finite(space.trajectory)
  const correlations = await call('inspect.correlate', { id, features, most: 5000 })
  expect(correlations.r).toHaveLength(correlations.names.length * 8)
  for (const feature of features) expect((await call('inspect.probe', { id, feature, most: 500, read: 5000 })).held).toBeGreaterThan(0)
  const { units } = await call('inspect.select', { ...at, tensor: 'h_l0', from: to - 2, to, threshold: 0.01, signs: 'both' })
  const store = await call('inspect.store', { id })
  expect(store.units).toBe(8)
  if (units.length > 0) {
    const { matches } = await call('inspect.match', { store: store.store, pattern: { threshold: 0.01, units: units.map(({ unit, sign }) => ({ unit, sign })) } })
    expect(matches[0]!.shared).toBe(units.length)
  }
  const silenced = await call('inspect.ablate', { ...at, edits: [{ kind: 'unit', cell: 'l0', unit: 2 }] })
  expect(Math.abs((await call('inspect.window', { trace: silenced.trace, tensor: 'h_l0', from: 0, to: 1 })).values![2]!)).toBe(0)
  const { matches } = await call('inspect.compare', { first: trace.trace, second: silenced.trace, tensor: 'h_l0' })
  expect(matches).toHaveLength(8)
  expect((await call('runs.gradientFlow', { id })).map(({ step }) => step)).toEqual([10, 20, 30])
  return trace
}

test('audio: frames of bands, a class after the last one', { timeout: 120_000 }, async () => {
  const home = temporaryFolder()
  const opened = await openServices(home)
  for (const [label, hertz] of [['low', 200], ['high', 900]] as const) {
    mkdirSync(join(home, 'tones', label), { recursive: true })
    for (let take = 0; take < 12; take++) writeFileSync(join(home, 'tones', label, `${label}_${take}.wav`), writeWav(Float32Array.from({ length: 2000 + 150 * take }, (_, at) => 0.5 * Math.sin((2 * Math.PI * (hertz + take) * at) / 8000)), 8000))
  }
  const { token } = await opened.services.grantFile(join(home, 'tones'))
  const dataset = await opened.call('datasets.import', { file: token, name: 'Tones', options: { kind: 'audio' } })
  const trace = await everything(opened, await trained(opened, dataset), { kind: 'record', index: 3 }, [{ kind: 'label' }, { kind: 'position' }])
  expect(trace.outputs.toSorted()).toEqual(['high', 'low'])
  expect(trace.inputs).toHaveLength(40)
})

test('a series: rows of columns, the next row’s value', { timeout: 120_000 }, async () => {
  const opened = await openServices(temporaryFolder())
  const dataset = await opened.call('datasets.fromSample', { sample: 'us-births' })
  const column = dataset.experiment.data.kind === 'series' ? dataset.experiment.data.columns[0]! : ''
  const trace = await everything(opened, await trained(opened, dataset), { kind: 'stretch', from: 200, count: 60 }, [{ kind: 'column', name: column }, { kind: 'position' }])
  expect(trace.inputs[0]).toBe(column)
  expect(trace.losses).not.toBeNull()
})

test('records: symbols, and a class of the whole', { timeout: 120_000 }, async () => {
  const home = temporaryFolder()
  const opened = await openServices(home)
  const words = Array.from({ length: 120 }, (_, at) => `${'abcdef'[at % 6]}${'aeiou'[at % 5]}${'xyz'[at % 3]}${at % 2 ? 'ing' : 'ed'}${'aeiou'[(at >> 2) % 5]}${'klmnp'[(at >> 3) % 5]}`)
  writeFileSync(join(home, 'words.csv'), `word,kind\n${words.map((word, at) => `${word},${at % 2 ? 'present' : 'past'}`).join('\n')}\n`)
  const { token } = await opened.services.grantFile(join(home, 'words.csv'))
  const dataset = await opened.call('datasets.import', { file: token, name: 'Words', options: { kind: 'records', sequence: 'word', target: 'kind', targetIs: 'class' } })
  const trace = await everything(opened, await trained(opened, dataset), { kind: 'record', index: 0 }, [{ kind: 'label' }, { kind: 'class', of: 'vowel' }])
  expect(trace.outputs.toSorted()).toEqual(['past', 'present'])
})

test('text: characters, read while the run goes on', { timeout: 120_000 }, async () => {
  const opened = await openServices(temporaryFolder())
  await everything(opened, await trained(opened, await opened.importText()), { kind: 'text', text: 'the net the net the net' }, [{ kind: 'class', of: 'vowel' }, { kind: 'next' }])
})
