import { describe, expect, test } from 'vitest'
import type { Experiment } from '@shared/experiment/schema'
import type { Dataset } from '@shared/rpc/schemas'
import { smallText } from '../support/small-text'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices, type Opened } from './open-services'

async function trained({ call, until }: Opened, dataset: Dataset, change: Partial<Experiment['model']> = {}, training: Partial<Experiment['training']> = {}): Promise<string> {
  const { experiment } = dataset
  const { id } = await call('runs.start', {
    datasetId: dataset.id,
    experiment: { ...experiment, model: { ...experiment.model, hiddenSize: 16, ...change }, training: { ...experiment.training, epochs: 1000, maxSteps: 60, checkpointEvery: 20, ...training } },
  })
  const run = await until(id, ({ state }) => state === 'done' || state === 'failed')
  expect(run.error).toBe(null)
  return id
}

describe('inside a text network', () => {
  test('everything is there over a text and a stretch, in windows and moments, under any weights', async () => {
    const opened = await openServices(temporaryFolder())
    const id = await trained(opened, await opened.importText(), { cell: 'lstm', layers: 2 })
    const { call } = opened
    const weights = await call('inspect.weights', { id })
    expect(weights).toMatchObject({ live: false, last: 60, checkpoints: [20, 40, 60] })
    const trace = await call('inspect.open', { id, input: { kind: 'text', text: 'the net' } })
    expect(trace).toMatchObject({ steps: 7, runId: id, timelines: [{ stack: '', labels: ['t', 'h', 'e', ' ', 'n', 'e', 't'] }] })
    expect(trace.tensors.map(({ name }) => name)).toEqual([0, 1].flatMap((layer) => ['h', 'c', 'i', 'f', 'g', 'o', 'Wx', 'Uh'].map((letter) => `${letter}_l${layer}`)).concat('y'))
    expect(trace.outputs).toContain('t')
    const gate = await call('inspect.window', { trace: trace.trace, tensor: 'f_l1', from: 2, to: 5 })
    expect(gate.values).toHaveLength(3 * 16)
    for (const value of gate.values!) expect(value > 0 && value < 1).toBe(true)
    // The old way of asking gives the same states.
    const states = await call('inspect.states', { id, input: { kind: 'text', text: 'the net' } })
    expect([...(await call('inspect.window', { trace: trace.trace, tensor: 'h_l1', from: 0, to: 7 })).values!]).toEqual([...states.hidden])
    trace.surprise!.forEach((value, at) => { if (at < 6) expect(value).toBeCloseTo(states.surprise![at]!, 5) })

    const stretch = await call('inspect.open', { id, weights: { step: 20 }, input: { kind: 'stretch', from: 500, count: 3000 } })
    expect(stretch.step).toBe(20)
    expect(stretch.timelines[0]!.labels.join('')).toBe(smallText(20_000).slice(500, 3500))
    const wide = await call('inspect.window', { trace: stretch.trace, tensor: 'i_l0', from: 0, to: 3000, bucket: 10 })
    expect(wide.buckets!.least).toHaveLength(300 * 16)
    const moment = await call('inspect.moment', { trace: stretch.trace, step: 1234 })
    const own = await call('inspect.window', { trace: stretch.trace, tensor: 'c_l0', from: 1233, to: 1235 })
    expect([...moment.tensors['c_l0']!]).toEqual([...own.values!.subarray(16)])
    expect([...moment.previous['c_l0']!]).toEqual([...own.values!.subarray(0, 16)])
    expect(moment.input.label).toBe(smallText(20_000)[500 + 1234])
    expect(Object.keys(moment.biases)).toContain('rnn.bias_hh_l1')
    expect((await call('inspect.weight', { trace: stretch.trace, name: 'rnn.weight_hh_l0' })).shape).toEqual([64, 16])

    await call('inspect.close', { trace: stretch.trace })
    await expect(call('inspect.window', { trace: stretch.trace, tensor: 'h_l0', from: 0, to: 1 })).rejects.toMatchObject({ code: 'inspect.no-trace' })
    await expect(call('inspect.open', { id, weights: { step: 21 }, input: { kind: 'text', text: 'a' } })).rejects.toMatchObject({ code: 'run.no-weights' })
    await expect(call('inspect.open', { id, input: { kind: 'record', index: 0 } })).rejects.toMatchObject({ code: 'inspect.no-sequences' })
  })

  test('is looked into while it trains, with newer weights each time', async () => {
    const opened = await openServices(temporaryFolder())
    const { call, until } = opened
    const dataset = await opened.importText()
    const { id } = await call('runs.start', { datasetId: dataset.id, experiment: { ...dataset.experiment, training: { ...dataset.experiment.training, epochs: 100_000, maxSteps: null } } })
    await until(id, ({ step }) => step > 5)
    expect((await call('inspect.weights', { id })).live).toBe(true)
    const early = await call('inspect.open', { id, input: { kind: 'text', text: 'the net' } })
    await until(id, ({ step }) => step > early.step + 20)
    expect((await call('inspect.open', { id, input: { kind: 'text', text: 'the net' } })).step).toBeGreaterThan(early.step)
    await call('runs.stop', { id })
  })
})

test('one sequence of a set is looked into by its number, with the loss where its target is', async () => {
  const opened = await openServices(temporaryFolder())
  const id = await trained(opened, await opened.call('datasets.fromSample', { sample: 'adding' }))
  const trace = await opened.call('inspect.open', { id, input: { kind: 'record', index: 3 } })
  expect(trace.inputs).toEqual(['value', 'mark'])
  expect(trace.losses!.subarray(0, -1).every(Number.isNaN)).toBe(true)
  expect(trace.losses!.at(-1)).toBe(trace.loss)
  const { input } = await opened.call('inspect.moment', { trace: trace.trace, step: 0 })
  expect(input.values).toHaveLength(2)
})

describe('select and match', () => {
  test('finds where else in the data the same units are on, and keeps patterns with a note', async () => {
    const opened = await openServices(temporaryFolder())
    const { call } = opened
    const id = await trained(opened, await opened.importText(), {}, { maxSteps: 200 })
    const trace = await call('inspect.open', { id, input: { kind: 'stretch', from: 3000, count: 200 } })
    const store = await call('inspect.store', { id, task: 'gather' })
    expect(store).toMatchObject({ steps: 20_000, units: 16, sequences: 1, tensor: 'h_l0', bytes: 320_000 })
    expect(opened.told('inspect.progress').at(-1)).toMatchObject({ task: 'gather', remainingMs: 0 })
    const { units } = await call('inspect.select', { trace: trace.trace, tensor: 'h_l0', from: 50, to: 53, threshold: 0.2 })
    expect(units.length).toBeGreaterThan(0)
    for (const { mean } of units) expect(mean).toBeGreaterThanOrEqual(0.2)
    const pattern = { threshold: 0.2, units: units.map(({ unit, sign }) => ({ unit, sign })) }
    const found = await call('inspect.match', { store: store.store, pattern, limit: 1000, context: 5 })
    expect(found.ms).toBeLessThan(1000)
    expect(found.matches[0]!.shared).toBe(units.length)
    // Where it was selected is one of the places.
    expect(found.matches.some(({ from, length, shared }) => shared === units.length && from <= 3050 && from + length >= 3053)).toBe(true)
    const text = smallText(20_000)
    for (const { from, length, labels } of found.matches) expect(labels.join('')).toBe(text.slice(Math.max(0, from - 5), from + length + 5).slice(0, labels.length))
    for (const { at, from } of found.matches) expect(at).toBe(Math.min(5, from))

    const saved = await call('inspect.savePattern', { id, pattern: { ...pattern, tensor: 'h_l0', note: 'after a space', example: 'the' } })
    expect(await call('inspect.patterns', { id })).toEqual([saved])
    await call('inspect.notePattern', { id, pattern: saved.id, note: 'inside a word' })
    expect((await call('inspect.patterns', { id }))[0]!.note).toBe('inside a word')
    await call('inspect.removePattern', { id, pattern: saved.id })
    expect(await call('inspect.patterns', { id })).toEqual([])
    await call('inspect.closeStore', { store: store.store })
    await expect(call('inspect.match', { store: store.store, pattern })).rejects.toMatchObject({ code: 'inspect.no-store' })
  })

  test('gathering is given up within a moment', async () => {
    const opened = await openServices(temporaryFolder())
    const { call } = opened
    const id = await trained(opened, await opened.importText(200_000), { hiddenSize: 256, cell: 'lstm' }, { maxSteps: 5 })
    const gathering = call('inspect.store', { id, task: 'gather' }).catch((error: unknown) => error)
    while (opened.told('inspect.progress').length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const asked = performance.now()
    await call('inspect.cancel', { task: 'gather' })
    expect(await gathering).toMatchObject({ code: 'inspect.cancelled' })
    expect(performance.now() - asked).toBeLessThan(1000)
  })
})

test('memory: gradients, their flow and occlusion over a stretch, counted from its first step', async () => {
  const opened = await openServices(temporaryFolder())
  const { call } = opened
  const id = await trained(opened, await opened.importText(), { cell: 'gru' }, { maxSteps: 100 })
  const { trace } = await call('inspect.open', { id, input: { kind: 'stretch', from: 5000, count: 100 } })
  const flow = await call('inspect.flow', { trace, from: 20, to: 60 })
  expect(flow).toMatchObject({ from: 20, exact: true })
  expect(flow.norms).toHaveLength(40)
  expect(flow.norms.at(-1)).toBeCloseTo(1, 5)
  const gradients = await call('inspect.gradients', { trace, from: 20, to: 60, steps: [59, 40] })
  expect(gradients).toMatchObject({ from: 20, outputs: 2, inputs: 40, steps: [39, 20] })
  expect(gradients.norms[39]).toBeGreaterThan(0)
  // Nothing after step 40 bears on its output.
  expect([...gradients.norms.subarray(40 + 21, 80)].every((value) => value === 0)).toBe(true)
  expect(gradients.states['h_l0']).toHaveLength(80)
  const { effects } = await call('inspect.occlusion', { trace, from: 20, to: 60 })
  expect(effects).toHaveLength(1600)
  await expect(call('inspect.gradients', { trace, from: 0, to: 40, steps: [41] })).rejects.toMatchObject({ code: 'inspect.past-the-end' })
}, 120_000)

test('correlations and probes over a text, and of a series\' own columns', async () => {
  const opened = await openServices(temporaryFolder())
  const { call } = opened
  const id = await trained(opened, await opened.importText(), {}, { maxSteps: 200 })
  const found = await call('inspect.correlate', { id, features: [{ kind: 'class', of: 'vowel' }, { kind: 'symbol', symbol: ' ' }, { kind: 'position' }, { kind: 'depth' }] })
  expect(found).toMatchObject({ names: ['vowel', 'a space', 'position', 'depth of ([{)]}'], units: 16, tensor: 'h_l0', counts: [20_000, 20_000, 20_000, 20_000] })
  expect(Math.max(...found.r.subarray(16, 32).map(Math.abs))).toBeGreaterThan(0.5)
  const space = await call('inspect.probe', { id, feature: { kind: 'symbol', symbol: ' ' }, most: 2000 })
  expect(space.classes!.accuracy).toBeGreaterThan(space.classes!.baselineAccuracy + 0.05)
  expect(space.weights).toHaveLength(16)
  const next = await call('inspect.probe', { id, feature: { kind: 'next' }, most: 2000 })
  expect(next.classes!.nats).toBeLessThan(next.classes!.baselineNats)
  // Over an open sequence: the same properties of its steps, and a column of the user's.
  const open = await call('inspect.open', { id, input: { kind: 'stretch', from: 3000, count: 400 } })
  const labels = open.timelines[0]!.labels
  const tags = labels.map((label, step) => (step < 10 ? '' : label === ' ' ? 'gap' : 'word'))
  const here = await call('inspect.correlate', { id, trace: open.trace, features: [{ kind: 'symbol', symbol: ' ' }, { kind: 'tags', name: 'mine', values: tags }] })
  expect(here).toMatchObject({ names: ['a space', 'mine = gap', 'mine = word'], of: [0, 1, 1], counts: [400, 390, 390], units: 16 })
  expect(here.halves).toHaveLength(2 * 3 * 16)
  const property = await call('inspect.property', { trace: open.trace, feature: { kind: 'tags', name: 'mine', values: tags } })
  expect(property.classes!.at(property.values[labels.indexOf(' ', 10)]!)).toBe('gap')
  expect(property.values[0]).toBeNaN()
  const read = await call('inspect.probe', { id, trace: open.trace, feature: { kind: 'symbol', symbol: ' ' } })
  expect(read.trained + read.held).toBe(400)
  expect(read.confusion!.reduce((sum, count) => sum + count, 0)).toBe(read.held)
  await expect(call('inspect.probe', { id, trace: open.trace, feature: { kind: 'numbers', name: 'few', values: Float32Array.of(1, 2, 3) } })).rejects.toMatchObject({ code: 'inspect.too-few' })
  await expect(call('inspect.probe', { id, trace: open.trace, feature: { kind: 'numbers', name: 'still', values: new Float32Array(400) } })).rejects.toMatchObject({ code: 'inspect.constant' })
  await expect(call('inspect.probe', { id, feature: { kind: 'column', name: 'level' } })).rejects.toMatchObject({ code: 'inspect.no-column' })
  await expect(call('inspect.probe', { id, feature: { kind: 'label' } })).rejects.toMatchObject({ code: 'inspect.no-labels' })
  const adding = await trained(opened, await call('datasets.fromSample', { sample: 'adding' }))
  const mark = await call('inspect.correlate', { id: adding, most: 5000, features: [{ kind: 'column', name: 'mark' }, { kind: 'label' }] })
  expect(mark.names[0]).toBe('mark')
  expect(Math.max(...mark.r.subarray(0, 16).map(Math.abs))).toBeGreaterThan(0.3)
}, 120_000)

test('state space, fixed points, eigenvalues, ablation and comparison of one network with itself at another step', async () => {
  const opened = await openServices(temporaryFolder())
  const { call } = opened
  const id = await trained(opened, await opened.importText(), { cell: 'gru' }, { maxSteps: 60 })
  const input = { kind: 'stretch' as const, from: 4000, count: 120 }
  const first = await call('inspect.open', { id, input, weights: 'last' })
  const space = await call('inspect.space', { cloud: { id, most: 200, features: [{ kind: 'class', of: 'vowel' }] }, trajectory: { trace: first.trace, tensor: 'h_l0', from: 10, to: 40 } })
  expect(space).toMatchObject({ width: 16, components: 2 })
  expect(space.cloud).toHaveLength(400)
  expect(space.trajectory).toHaveLength(60)
  expect(space.places).toHaveLength(200)
  const text = smallText(20_000)
  space.places.forEach(({ step, label }, at) => {
    expect(label).toBe(text[step])
    expect(space.colours[0]!.values[at]).toBe(Number(/[aeiouy]/i.test(label)))
  })
  expect((await call('inspect.space', { trajectory: { trace: first.trace, tensor: 'h_l0', from: 0, to: 60 }, method: 'umap', components: 3, neighbours: 5 })).trajectory).toHaveLength(180)
  const { points, size } = await call('inspect.fixedPoints', { trace: first.trace, starts: 6, input: { kind: 'mean', from: 0, to: 120 } })
  expect(size).toBe(16)
  for (const point of points) expect(point.speed).toBeLessThan(1e-10)
  expect((await call('inspect.jacobian', { trace: first.trace, step: 30 })).re).toHaveLength(16)
  expect((await call('inspect.spectrum', { trace: first.trace })).blocks.map(({ gate }) => gate)).toEqual(['r', 'z', 'n'])
  const { order } = await call('inspect.order', { trace: first.trace, tensor: 'h_l0' })
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, unit) => unit))

  const other = text[4005] === 'e' ? 'a' : 'e'
  const changed = await call('inspect.ablate', { trace: first.trace, edits: [{ kind: 'unit', cell: 'l0', unit: 3 }, { kind: 'input', step: 5, symbol: other }] })
  expect(changed.loss).not.toBe(first.loss)
  expect(changed.timelines[0]!.labels[5]).toBe(other)
  const held = await call('inspect.window', { trace: changed.trace, tensor: 'h_l0', from: 0, to: 120 })
  for (let step = 0; step < 120; step++) expect(held.values![step * 16 + 3]).toBeCloseTo(0, 6)
  expect((await call('inspect.moment', { trace: changed.trace, step: 5 })).input.label).toBe(other)
  await expect(call('inspect.ablate', { trace: first.trace, edits: [{ kind: 'gate', cell: 'l0', gate: 'f', unit: 0, value: 1 }] })).rejects.toMatchObject({ code: 'inspect.edit' })

  const early = await call('inspect.open', { id, input, weights: { step: 20 } })
  const { matches } = await call('inspect.compare', { first: first.trace, second: early.trace, tensor: 'h_l0', task: 'matching units' })
  expect(opened.told('inspect.progress').filter(({ task }) => task === 'matching units').at(-1)).toMatchObject({ done: 1, total: 1 })
  expect(new Set(matches.map(({ other: partner }) => partner)).size).toBe(16)
  // Forty steps later most units are still the same ones.
  expect(matches.filter(({ unit, other: partner }) => unit === partner).length).toBeGreaterThan(10)
  await expect(call('inspect.compare', { first: first.trace, second: (await call('inspect.open', { id, input: { kind: 'text', text: 'the' } })).trace, tensor: 'h_l0' })).rejects.toMatchObject({ code: 'inspect.other-steps' })
}, 120_000)
