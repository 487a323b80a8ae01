import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices } from './open-services'

test('edits take the place of earlier ones at once, the sweep says which unit matters, and the trace they are made from stays', async () => {
  const opened = await openServices(temporaryFolder())
  const { call, until } = opened
  const dataset = await opened.importText()
  const { id } = await call('runs.start', {
    datasetId: dataset.id,
    experiment: { ...dataset.experiment, model: { ...dataset.experiment.model, cell: 'lstm', hiddenSize: 64 }, training: { ...dataset.experiment.training, epochs: 1000, maxSteps: 60 } },
  })
  await until(id, ({ state }) => state === 'done')
  const base = await call('inspect.open', { id, input: { kind: 'stretch', from: 4000, count: 400 } })
  const y = async (trace: string) => [...(await call('inspect.window', { trace, tensor: 'y', from: 0, to: 400 })).values!]
  const before = await y(base.trace)
  const silent = (unit: number) => [{ kind: 'unit' as const, cell: 'l0', unit }]
  const first = await call('inspect.ablate', { trace: base.trace, edits: silent(0) })
  const fresh = await call('inspect.ablate', { trace: base.trace, edits: silent(5) })
  const times: number[] = []
  let into = first
  for (let unit = 1; unit <= 5; unit++) {
    const began = performance.now()
    into = await call('inspect.ablate', { trace: base.trace, into: first.trace, edits: silent(unit) })
    await y(into.trace)
    times.push(performance.now() - began)
  }
  console.log(`400 steps of an LSTM of 64 with an edit, outputs included: ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`)
  // The same numbers as of a trace of its own.
  expect(into.trace).toBe(first.trace)
  expect(await y(into.trace)).toEqual(await y(fresh.trace))
  expect(into.loss).toBe(fresh.loss)
  expect(await y(base.trace)).toEqual(before)
  // A gate of another tensor of the same trace is that of the edited network too.
  const gate = async (trace: string) => [...(await call('inspect.window', { trace, tensor: 'Wx_l0', from: 0, to: 400 })).values!]
  expect(await gate(into.trace)).toEqual(await gate(fresh.trace))

  const sweep = await call('inspect.sweep', { trace: base.trace, cell: 'l0', task: 'sweep' })
  expect(sweep.losses).toHaveLength(64)
  expect(sweep.losses[5]).toBeCloseTo(fresh.loss!, 6)
  expect(sweep.changes.every((change) => change >= 0)).toBe(true)
  expect(opened.told('inspect.progress').at(-1)).toMatchObject({ task: 'sweep', done: 64, total: 64 })
  expect(await y(base.trace)).toEqual(before)

  // What can't be held leaves what was there.
  await expect(call('inspect.ablate', { trace: base.trace, into: first.trace, edits: [{ kind: 'unit', cell: 'l0', unit: 64 }] })).rejects.toMatchObject({ code: 'inspect.edit' })
  expect(await y(first.trace)).toEqual(await y(fresh.trace))
  await expect(call('inspect.ablate', { trace: base.trace, into: base.trace, edits: silent(1) })).rejects.toMatchObject({ code: 'inspect.edit' })
}, 60_000)
