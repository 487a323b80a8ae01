import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices } from './open-services'

test('inside an encoder and decoder with attention: both timelines, its own answer or the record\'s, and memory from answer to source', async () => {
  const opened = await openServices(temporaryFolder())
  const { call, until } = opened
  const dataset = await call('datasets.fromSample', { sample: 'dates' })
  const { experiment } = dataset
  const { id } = await call('runs.start', { datasetId: dataset.id, experiment: { ...experiment, model: { ...experiment.model, cell: 'lstm', hiddenSize: 12, layers: 1, bidirectional: true, attention: true }, training: { ...experiment.training, maxSteps: 20, checkpointEvery: 20 } } })
  expect((await until(id, ({ state }) => state === 'done' || state === 'failed')).error).toBe(null)

  const trace = await call('inspect.open', { id, input: { kind: 'record', index: 5 } })
  const [source, target] = trace.timelines
  expect([source!.stack, target!.stack]).toEqual(['encoder.', 'decoder.'])
  expect(target!.labels[0]).toBe('<start>')
  expect(trace.losses).toHaveLength(target!.steps)
  expect(trace.surprise!.every((value) => value > 0 && value < 1)).toBe(true)
  const names = trace.tensors.map(({ name }) => name)
  for (const name of ['encoder.c_l0_reverse', 'decoder.f_l0', 'attention', 'y']) expect(names).toContain(name)
  const attention = await call('inspect.window', { trace: trace.trace, tensor: 'attention', from: 0, to: target!.steps })
  expect(attention.values).toHaveLength(target!.steps * source!.steps)
  const first = await call('inspect.moment', { trace: trace.trace, step: 0, stack: 'decoder.' })
  expect(first.input.label).toBe('<start>')
  // The decoder starts from where the encoder's two directions ended.
  expect([...first.previous['decoder.h_l0']!]).toEqual([
    ...(await call('inspect.window', { trace: trace.trace, tensor: 'encoder.h_l0', from: source!.steps - 1, to: source!.steps })).values!,
    ...(await call('inspect.window', { trace: trace.trace, tensor: 'encoder.h_l0_reverse', from: 0, to: 1 })).values!,
  ])
  expect(Object.keys(first.tensors)).toContain('decoder.Wx_l0')
  const middle = await call('inspect.moment', { trace: trace.trace, step: 2, stack: 'encoder.' })
  expect(middle.input.label).toBe(source!.labels[2])

  const gradients = await call('inspect.gradients', { trace: trace.trace, from: 0, to: source!.steps, followed: { kind: 'loss' } })
  expect(gradients).toMatchObject({ outputs: target!.steps, inputs: source!.steps, lags: null })
  expect((await call('inspect.flow', { trace: trace.trace, from: 0, to: 1, stack: 'decoder.' })).norms).toHaveLength(target!.steps)
  expect((await call('inspect.flow', { trace: trace.trace, from: 0, to: 1, stack: 'encoder.', direction: 'reverse' })).norms[0]).toBeCloseTo(1, 5)
  expect((await call('inspect.occlusion', { trace: trace.trace, from: 0, to: 1 })).effects).toHaveLength(source!.steps * target!.steps)
  const silenced = await call('inspect.ablate', { trace: trace.trace, edits: [{ kind: 'unit', cell: 'encoder.l0_reverse', unit: 2 }] })
  expect(silenced.loss).not.toBe(trace.loss)
  expect((await call('inspect.spectrum', { trace: trace.trace, stack: 'decoder.' })).blocks[0]!.re).toHaveLength(24)
  expect((await call('inspect.jacobian', { trace: trace.trace, stack: 'decoder.', step: 1 })).re).toHaveLength(48)
  const store = await call('inspect.store', { id, part: 'validation' })
  expect(store.tensor).toBe('encoder.h_l0')
  expect(store.sequences).toBeGreaterThan(1)

  const text = await call('inspect.open', { id, input: { kind: 'text', text: source!.labels.join('') } })
  expect(text.timelines[1]!.labels[0]).toBe('<start>')
  await expect(call('inspect.open', { id, input: { kind: 'record', index: 1e9 } })).rejects.toMatchObject({ code: 'inspect.past-the-end' })
}, 120_000)
