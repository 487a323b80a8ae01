import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Experiment } from '@shared/experiment/schema'
import type { Dataset } from '@shared/rpc/schemas'
import { writeSafetensors } from '@main/formats/safetensors'
import { temporaryFolder } from '../support/temporary-folder'
import { openServices, type Opened } from './open-services'

async function trained({ call, until }: Opened, { id: datasetId, experiment }: Dataset, model: Partial<Experiment['model']>, maxSteps: number): Promise<string> {
  const { id } = await call('runs.start', { datasetId, experiment: { ...experiment, device: 'cpu', model: { ...experiment.model, ...model }, training: { ...experiment.training, epochs: 1000, maxSteps } } })
  expect((await until(id, ({ state }) => state === 'done' || state === 'failed')).error).toBe(null)
  return id
}

test('pairs: greedy, then a beam whose candidates are ranked and attended to; a held-out record to try', { timeout: 90_000 }, async () => {
  const opened = await openServices(temporaryFolder())
  const { call, services, home } = opened
  const words = Array.from({ length: 300 }, (_, at) => at.toString(3).replaceAll('0', 'a').replaceAll('1', 'b').replaceAll('2', 'c'))
  const mapped = (word: string) => word.replaceAll('a', 'x').replaceAll('b', 'y').replaceAll('c', 'z')
  writeFileSync(join(home, 'mapped.csv'), `source,target\n${words.map((word) => `${word},${mapped(word)}`).join('\n')}\n`)
  const { token } = await services.grantFile(join(home, 'mapped.csv'))
  const id = await trained(opened, await call('datasets.import', { file: token, name: 'Mapped', options: { kind: 'records' } }), { hiddenSize: 24, embeddingSize: 8 }, 900)
  const greedy = await call('playground.answer', { id, source: 'abcca', length: 20, beam: 1 })
  expect(greedy).toMatchObject({ source: ['a', 'b', 'c', 'c', 'a'], unknown: [], candidates: [{ text: 'xyzzx', symbols: ['x', 'y', 'z', 'z', 'x'], ended: true }] })
  const { attention, logProbability } = greedy.candidates[0]!
  // A row for each symbol and one for the end, each a distribution over the source.
  expect(attention).toHaveLength(6 * 5)
  for (let row = 0; row < 6; row++) expect(attention!.subarray(row * 5, row * 5 + 5).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5)

  const beam = await call('playground.answer', { id, source: 'abcca', length: 20, beam: 4 })
  expect(beam.candidates.length).toBe(4)
  const scores = beam.candidates.map((one) => one.logProbability / (one.symbols.length + 1))
  expect(scores).toEqual([...scores].sort((a, b) => b - a))
  // What is likeliest step by step is among those kept, or beaten by likelier ones.
  const same = beam.candidates.find(({ text }) => text === 'xyzzx')
  expect(same?.logProbability ?? scores[0]! * 6).toBeGreaterThanOrEqual(logProbability - 1e-3)
  expect(new Set(beam.candidates.map(({ text }) => text)).size).toBe(beam.candidates.length)
  expect(beam.candidates.reduce((sum, one) => sum + Math.exp(one.logProbability), 0)).toBeLessThanOrEqual(1 + 1e-5)
  expect(await call('playground.answer', { id, source: 'abé', length: 20, beam: 1 })).toMatchObject({ unknown: [2] })
  expect((await call('playground.answer', { id, source: 'abcca', length: 2, beam: 1 })).candidates[0]).toMatchObject({ text: 'xy', ended: false })

  const drawn = await call('playground.example', { id, seed: 3 })
  expect(drawn).toEqual({ part: 'test', text: expect.any(String) as string, expected: mapped(drawn.text) })
  await expect(call('playground.classify', { id, text: 'abc' })).rejects.toMatchObject({ code: 'playground.not-classes' })
})

test.each([false, true])('arrays: a held-out sequence, and what is said of it after each step, both directions: %s', { timeout: 90_000 }, async (bidirectional) => {
  const opened = await openServices(temporaryFolder())
  const { call, services, home } = opened
  const [count, steps] = [200, 6]
  const x = Float32Array.from({ length: count * steps * 2 }, (_, at) => (at % 2 === 0 ? Math.sin(at * at) : 0.5))
  // Whether the last number is above 0.
  const y = Int32Array.from({ length: count }, (_, row) => (x[(row * steps + steps - 1) * 2]! > 0 ? 1 : 0))
  writeFileSync(join(home, 'a.safetensors'), writeSafetensors({ x: { dtype: 'F32', shape: [count, steps, 2], data: x }, y: { dtype: 'I32', shape: [count], data: y } }))
  const { token } = await services.grantFile(join(home, 'a.safetensors'))
  const id = await trained(opened, await call('datasets.import', { file: token, name: 'Arrays', options: { kind: 'tensors' } }), { hiddenSize: 12, bidirectional }, 300)
  const record = await call('playground.record', { id, seed: 5 })
  expect(record).toMatchObject({ part: 'test', of: 20, steps, everyStep: false, classes: ['0', '1'], outputSize: 2, inputs: { kind: 'values', width: 2 } })
  if (record.inputs.kind !== 'values') throw new Error('tokens')
  // The test part is the end of the file.
  const row = count - 20 + record.number - 1
  expect(record.inputs.values).toEqual(x.slice(row * steps * 2, (row + 1) * steps * 2))
  expect([...record.targets]).toEqual([y[row]])
  expect(record.outputs).toHaveLength(bidirectional ? 2 : 2 * steps)
  expect(record.outputs.subarray(-2)[y[row]!]!).toBeGreaterThan(0.5)
  expect(record.outputs.subarray(-2).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5)
})

test('sequences that are made: answers at every step beside their targets', { timeout: 60_000 }, async () => {
  const opened = await openServices(temporaryFolder())
  const { call } = opened
  const { id: datasetId, experiment } = await call('datasets.generate', { name: 'Copy', data: { kind: 'generated', generator: 'copy', examples: 60, steps: 5 } })
  const id = await trained(opened, { id: datasetId, experiment } as Dataset, { hiddenSize: 8 }, 5)
  const record = await call('playground.record', { id, seed: 1 })
  expect(record).toMatchObject({ everyStep: true, inputs: { kind: 'tokens' }, classes: expect.any(Array) as string[] })
  expect(record.targets).toHaveLength(record.steps)
  expect(record.outputs).toHaveLength(record.steps * record.outputSize)
})

test.each([false, true])('classes after each symbol, both directions: %s', { timeout: 90_000 }, async (bidirectional) => {
  const opened = await openServices(temporaryFolder())
  const { call, services, home } = opened
  const words = Array.from({ length: 400 }, (_, at) => at.toString(3))
  writeFileSync(join(home, 'last.csv'), `text,label\n${words.map((word) => `${word},${['zero', 'one', 'two'][Number(word.at(-1))]}`).join('\n')}\n`)
  const { token } = await services.grantFile(join(home, 'last.csv'))
  const id = await trained(opened, await call('datasets.import', { file: token, name: 'Last', options: { kind: 'records' } }), { hiddenSize: 16, embeddingSize: 4, bidirectional }, 250)
  const { classes, probabilities, symbols } = await call('playground.classify', { id, text: '2101' })
  expect([classes, symbols]).toEqual([['one', 'two', 'zero'], ['2', '1', '0', '1']])
  const said = symbols.map((_, step) => [...probabilities.subarray(step * 3, step * 3 + 3)])
  for (const row of said) expect(row.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5)
  // The class is that of the last symbol, so after each symbol it is that symbol's.
  expect(said.map((row) => classes[row.indexOf(Math.max(...row))])).toEqual(['two', 'one', 'zero', 'one'])
  // Each beginning is read as a sequence of its own.
  const first = await call('playground.classify', { id, text: '21' })
  said.slice(0, 2).flat().forEach((value, at) => expect(first.probabilities[at]).toBeCloseTo(value, 5))
  expect(await call('playground.example', { id, seed: 1 })).toMatchObject({ part: 'test', expected: expect.stringMatching(/^(zero|one|two)$/) as string })
  await expect(call('playground.answer', { id, source: '21', length: 5, beam: 1 })).rejects.toMatchObject({ code: 'playground.not-pairs' })
})
