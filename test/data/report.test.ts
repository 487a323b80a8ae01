import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { prepare } from '@main/data/prepare'
import { preview } from '@main/data/preview'
import { reportOf } from '@main/data/report/report'
import { store } from '@main/data/store'
import { readTensors } from '@main/services/serve-data'
import { encodeWav } from './audio/encode'
import { bytesOf, npy, zip } from './broken/zip'
import { temporaryFolder } from '../support/temporary-folder'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
const classes = { output: 'last-step', loss: 'cross-entropy' } as const

it('records: each one left out by its line, each repeat by what it repeats, each contradiction', async () => {
  write('a.csv', 'name,class\nAda,x\nBea,y\n,x\nAda,x\nCurt,y,z\nBea,x\nDora,y\nEmil,x\nFay,y\nGus,x\n')
  const experiment = experimentOn({ kind: 'records', source: 'a.csv', sequence: 'name', label: 'class', faulty: 'leave-out' }, { task: classes })
  const report = await reportOf(experiment, folder, readTensors)
  expect(report).toMatchObject({ unit: 'records', read: 10, used: 7 })
  expect(Object.fromEntries(report.counts.map(({ kind, count }) => [kind, count]))).toEqual({ 'left-out': 2, repeat: 1, contradiction: 2 })
  expect(report.rows.map(({ kind, line, done }) => [kind, line, done])).toEqual([['left-out', 4, 'Left out'], ['left-out', 6, 'Left out'], ['repeat', 5, 'Left out'], ['contradiction', 3, 'Kept'], ['contradiction', 7, 'Kept']])
  expect(report.rows[2]!.wrong).toBe('“Ada” repeats line 2 exactly.')
  expect(report.used).toBe((await prepare(experiment, folder, readTensors)).length)
  const without = await reportOf({ ...experiment, data: { ...experiment.data, contradictions: 'leave-out' } as typeof experiment.data }, folder, readTensors)
  expect(without.used).toBe(5)
  expect(without.rows.filter(({ kind }) => kind === 'contradiction').map(({ done }) => done)).toEqual(['Left out', 'Left out'])
})

it('a series: rows put in, left out, off the grid and filled, every one of them', async () => {
  const rows = Array.from({ length: 300 }, (_, day) => ({ time: new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10), value: day % 2 === 0 ? '' : String(day) }))
  const table = rows.filter((_, day) => day !== 120).flatMap((row, day) => (day === 10 ? [row, { ...row, value: '99' }] : [row]))
  write('s.csv', `t,v\n${table.map(({ time, value }) => `${time},${value}`).join('\n')}\n`)
  const report = await reportOf(experimentOn({ kind: 'series', source: 's.csv', columns: ['v'], target: ['v'], time: 't', steps: 'fill', missing: 'previous' }), folder, readTensors)
  const counts = Object.fromEntries(report.counts.map(({ kind, count }) => [kind, count]))
  expect(counts).toEqual({ 'same-time': 1, inserted: 1, leading: 1, filled: 148 })
  expect(report).toMatchObject({ read: 300, used: 299 })
  expect(report.rows).toHaveLength(151)
  expect(report.rows.find(({ kind }) => kind === 'inserted')).toMatchObject({ place: '2020-04-30', done: 'Got a row of missing values' })
  expect(report.rows.find(({ kind, place }) => kind === 'filled' && place === '2020-04-30')).toMatchObject({ wrong: '“v” has no value.', done: 'Filled with 119' })
})

it('a series: each row by its line, also behind quoted cells of several lines and blank lines, stored or not', async () => {
  write('q.csv', 't,note,v\n2020-01-01,"one\ntwo",1\n\n2020-01-02,x,\n2020-01-02,"a\r\nb\rc",3\n2020-01-04,x,4\n2020-01-05,x,\n2020-01-06,x,6\n')
  const data = { kind: 'series' as const, source: 'q.csv', columns: ['v'], target: ['v'], time: 't', steps: 'fill' as const, missing: 'previous' as const }
  const expected = [['same-time', 5, '2020-01-02'], ['inserted', null, '2020-01-03'], ['filled', null, '2020-01-03'], ['filled', 10, '2020-01-05']]
  const listed = async (experiment: Parameters<typeof reportOf>[0], where: string) => (await reportOf(experiment, where, readTensors)).rows.map(({ kind, line, place }) => [kind, line, place])
  expect(await listed(experimentOn(data), folder)).toEqual(expected)
  const into = temporaryFolder()
  const manifest = await store(experimentOn(data).data, join(folder, 'q.csv'), into)
  expect(manifest).toMatchObject({ lines: { file: 'lines.npy', shape: [6] } })
  expect(await listed(experimentOn({ ...data, source: into }), folder)).toEqual(expected)
  // Where nothing stands between rows, the first one's line is enough.
  write('plain.csv', 't,v\n1,5\n2,\n3,7\n')
  const [plain, spec] = [temporaryFolder(), { kind: 'series' as const, columns: ['v'], target: ['v'] }]
  const told = await store(experimentOn({ ...spec, source: 'plain.csv' }).data, join(folder, 'plain.csv'), temporaryFolder()).catch((error: unknown) => error)
  expect(told).toMatchObject({ code: 'dataset.missing-value', where: { line: 3 } })
  const kept = await store(experimentOn({ ...spec, source: 'plain.csv', missing: 'previous' }).data, join(folder, 'plain.csv'), plain)
  expect(kept).toMatchObject({ lines: 2 })
  expect(await failureOf(prepare(experimentOn({ ...spec, source: plain }), folder, readTensors))).toMatchObject({ message: 'A number was expected in row 2 of column "v" (line 3 of plain.csv); the cell is missing.' })
  expect((await reportOf(experimentOn({ ...spec, source: plain, missing: 'previous' }), folder, readTensors)).rows).toMatchObject([{ kind: 'filled', line: 3, place: 'row 2' }])
})

it('a bad cell stands in its own line, whatever lines its row ends in', async () => {
  write('b.csv', 'v,note,w\n1,x,1\noops,"two\nlines",2\n3,"and\nthree\nmore",bad\n')
  const on = (column: string) => failureOf(prepare(experimentOn({ kind: 'series', source: 'b.csv', columns: [column], target: [column] }), folder, readTensors))
  expect(await on('v')).toMatchObject({ where: { line: 3, column: 1 }, message: expect.stringContaining('(line 3, field 1 of b.csv)') as string })
  expect(await on('w')).toMatchObject({ where: { line: 7, column: 3 } })
  expect(await failureOf(preview(join(folder, 'b.csv'), { kind: 'series', columns: ['v'], target: ['v'] }))).toMatchObject({ where: { line: 3 } })
})

it('recordings: unreadable, repeated and brought to another rate', async () => {
  mkdirSync(join(folder, 'sounds', 'a'), { recursive: true })
  mkdirSync(join(folder, 'sounds', 'b'), { recursive: true })
  const put = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, 'sounds', name), bytes)
  const tone = (height: number, rate = 8000) => encodeWav(Float32Array.from({ length: 2000 }, (_, at) => Math.sin(at * height) / 2), { rate })
  put('a/1.wav', tone(0.1)); put('a/2.wav', tone(0.1)); put('a/3.wav', new Uint8Array(9)); put('b/1.wav', tone(0.2, 4000))
  const report = await reportOf(experimentOn({ kind: 'audio', source: 'sounds', faulty: 'leave-out' }, { task: classes }), folder, readTensors)
  expect(report).toMatchObject({ unit: 'recordings', read: 4, used: 2 })
  expect(report.rows.map(({ kind, file }) => [kind, file])).toEqual([['left-out', 'a/3.wav'], ['repeat', 'a/2.wav'], ['resampled', 'b/1.wav']])
})

it('arrays: what repeats and what contradicts, by its place along the first axis, padding left out', async () => {
  // [5, 3] tokens; the third's padding differs from the first's, the last has the same inputs and another target.
  const array = (name: string, shape: string, values: number[]) => ({ name: `${name}.npy`, content: npy("'<i4'", shape, bytesOf(Int32Array.from(values))) })
  write('a.npz', zip([array('x', '(5, 3)', [1, 2, 0, 3, 3, 3, 1, 2, 9, 4, 5, 6, 3, 3, 3]), array('y', '(5,)', [0, 1, 0, 1, 0]), array('lengths', '(5,)', [2, 3, 2, 3, 3])]))
  const report = await reportOf(experimentOn({ kind: 'tensors', source: 'a.npz' }, { task: classes }), folder, readTensors)
  expect(report).toMatchObject({ unit: 'sequences', read: 5, used: 5 })
  expect(report.rows).toMatchObject([
    { kind: 'repeat', place: 'x[2]', line: null, wrong: 'Repeats x[0] number for number.', done: 'Used again' },
    { kind: 'contradiction', place: 'x[4]', wrong: 'The same as x[1], but y[4] differs.', done: 'Kept' },
  ])
})
