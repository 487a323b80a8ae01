import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Experiment, ExperimentInput } from '@shared/experiment/schema'
import { recordRows, sourceChanges, tensorChanges } from '@main/data/changes/changes'
import { store } from '@main/data/store'
import { readTensors } from '@main/services/serve-data'
import { encodeWav } from './audio/encode'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
let copies = 0
/** The source as a dataset keeps it, in a folder of its own. */
async function stored(data: ExperimentInput['data'] & { source: string }): Promise<string> {
  const at = join(folder, `stored-${++copies}`)
  mkdirSync(join(at, 'data'), { recursive: true })
  await store(experimentOn(data).data, join(folder, data.source), join(at, 'data'))
  return at
}
const between = (data: ExperimentInput['data'], before: string, after: string, task?: Experiment['task']) => {
  const experiment = experimentOn(data, task ? { task } : {})
  return sourceChanges(experiment, before, { data: experiment.data, folder: after }, readTensors)
}

it('a text read again tells its length, the symbols that came and went, and where it differs', async () => {
  const text = { kind: 'text', source: 'text.txt' } as const
  write('text.txt', 'abc abc, and so on')
  const before = await stored(text)
  write('text.txt', 'abc abdé, and so on')
  const after = await stored(text)
  expect(await between({ kind: 'text', source: 'data' }, before, before)).toMatchObject({ length: { before: 18, after: 18 }, appeared: [], vanished: [], stretch: { start: 18, end: 0, before: '', after: '' } })
  expect(await between({ kind: 'text', source: 'data' }, before, after)).toMatchObject({ unit: 'characters', length: { before: 18, after: 19 }, appeared: ['é'], vanished: [], rows: null, stretch: { start: 6, end: 11, before: 'c', after: 'dé' } })
})

it('a series read again tells its rows by time, its columns and their types', async () => {
  const series = { kind: 'series', source: 'table.csv', columns: ['x'], target: ['x'], time: 't' } satisfies ExperimentInput['data']
  write('table.csv', 't,x,y\n2020-01-01,2,3\n2020-01-02,3,4\n2020-01-03,4,5\n2020-01-04,5,6\n')
  const before = await stored(series)
  write('table.csv', 't,x,z,y\n2020-01-02,3,1,a\n2020-01-03,4.5,1,b\n2020-01-04,5,1,c\n2020-01-05,6,1,d\n')
  const after = await stored(series)
  const found = await between({ ...series, source: 'data' }, before, after)
  expect(found).toMatchObject({ unit: 'rows', length: { before: 4, after: 4 }, appeared: ['z'], vanished: [], types: [{ name: 'y', before: 'number', after: 'text' }], rows: { added: 1, removed: 1, changed: 1 } })
  expect(found.rows!.examples).toEqual([
    { what: 'changed', place: '2020-01-03', before: 'x 4', after: 'x 4.5' },
    { what: 'added', place: '2020-01-05', before: null, after: 'x 6' },
    { what: 'removed', place: '2020-01-01', before: 'x 2', after: null },
  ])
  expect((await failureOf(between({ ...series, source: 'data' }, before, folder))).code).toBe('dataset.damaged')
})

it('records that went and came with the same sequence have changed; the rest came or went', () => {
  const table = (rows: string[]) => ({ sequences: rows.map((row) => row.split('>')[0]!), targets: rows.map((row) => row.split('>')[1]!), lines: rows.map((_, index) => index + 2) })
  expect(recordRows(table(['a>x', 'b>x', 'b>x', 'c>y']), table(['b>x', 'a>y', 'd>y', 'b>x']))).toEqual({ added: 1, removed: 1, changed: 1, examples: [
    { what: 'changed', place: 'line 3', before: 'a → x', after: 'a → y' }, { what: 'added', place: 'line 4', before: null, after: 'd → y' }, { what: 'removed', place: 'line 5', before: 'c → y', after: null },
  ] })
  expect(recordRows(table(['a>x', 'a>x']), table(['a>x']))).toMatchObject({ added: 0, removed: 1, changed: 0 })
})

it('recordings are told by name and content', async () => {
  const tone = (height: number) => encodeWav(Float32Array.from({ length: 400 }, (_, at) => Math.sin(at * height)))
  const fill = (name: string, files: Record<string, Uint8Array>) => {
    for (const [path, bytes] of Object.entries(files)) {
      mkdirSync(join(folder, name, 'source', path.split('/')[0]!), { recursive: true })
      writeFileSync(join(folder, name, 'source', path), bytes)
    }
    return join(folder, name)
  }
  const before = fill('heard-1', { 'a/1.wav': tone(0.1), 'a/2.wav': tone(0.2), 'b/1.wav': tone(0.3) })
  const after = fill('heard-2', { 'a/1.wav': tone(0.1), 'a/2.wav': tone(0.4), 'c/1.wav': tone(0.3) })
  expect(await between({ kind: 'audio', source: 'source' }, before, after, { output: 'last-step', loss: 'cross-entropy' })).toMatchObject({ unit: 'recordings', appeared: ['c'], vanished: ['b'], rows: { added: 1, removed: 1, changed: 1 } })
})

it('arrays tell their shapes and which sequences hold other numbers', () => {
  const of = (values: number[], width: number) => ({ dtype: 'F32', shape: [values.length / width, width], data: Float32Array.from(values) })
  expect(tensorChanges({ x: of([1, 2, 3, 4], 2), old: of([1], 1) }, { x: of([1, 2, 3, 5, 6, 7], 2), fresh: of([1], 1) }, ['x'])).toMatchObject({
    length: { before: 2, after: 3 }, appeared: ['fresh'], vanished: ['old'], types: [{ name: 'x', before: 'F32 [2, 2]', after: 'F32 [3, 2]' }], rows: { added: 1, removed: 0, changed: 1 },
  })
})
