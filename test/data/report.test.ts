import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { reportOf } from '@main/data/report/report'
import { prepare } from '@main/data/prepare'
import { readTensors } from '@main/services/serve-data'
import { encodeWav } from './audio/encode'
import { experimentOn, scratch } from './support'

const { folder, write } = scratch()
const classes = { output: 'last-step', loss: 'cross-entropy' } as const

it('records: each one left out by its line, each repeat by what it repeats, each contradiction', async () => {
  write('a.csv', 'name,class\nAda,x\nBea,y\n,x\nAda,x\nCurt,y,z\nBea,x\nDora,y\nEmil,x\nFay,y\nGus,x\n')
  const experiment = experimentOn({ kind: 'records', source: 'a.csv', sequence: 'name', label: 'class', faulty: 'leave-out' }, { task: classes })
  const report = await reportOf(experiment, folder)
  expect(report).toMatchObject({ unit: 'records', read: 10, used: 7 })
  expect(Object.fromEntries(report.counts.map(({ kind, count }) => [kind, count]))).toEqual({ 'left-out': 2, repeat: 1, contradiction: 2 })
  expect(report.rows.map(({ kind, line, done }) => [kind, line, done])).toEqual([['left-out', 4, 'Left out'], ['left-out', 6, 'Left out'], ['repeat', 5, 'Left out'], ['contradiction', 3, 'Kept'], ['contradiction', 7, 'Kept']])
  expect(report.rows[2]!.wrong).toBe('“Ada” repeats line 2 exactly.')
  expect(report.used).toBe((await prepare(experiment, folder, readTensors)).length)
  const without = await reportOf({ ...experiment, data: { ...experiment.data, contradictions: 'leave-out' } as typeof experiment.data }, folder)
  expect(without.used).toBe(5)
  expect(without.rows.filter(({ kind }) => kind === 'contradiction').map(({ done }) => done)).toEqual(['Left out', 'Left out'])
})

it('a series: rows put in, left out, off the grid and filled, every one of them', async () => {
  const rows = Array.from({ length: 300 }, (_, day) => ({ time: new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10), value: day % 2 === 0 ? '' : String(day) }))
  const table = rows.filter((_, day) => day !== 120).flatMap((row, day) => (day === 10 ? [row, { ...row, value: '99' }] : [row]))
  write('s.csv', `t,v\n${table.map(({ time, value }) => `${time},${value}`).join('\n')}\n`)
  const report = await reportOf(experimentOn({ kind: 'series', source: 's.csv', columns: ['v'], target: ['v'], time: 't', steps: 'fill', missing: 'previous' }), folder)
  const counts = Object.fromEntries(report.counts.map(({ kind, count }) => [kind, count]))
  expect(counts).toEqual({ 'same-time': 1, inserted: 1, leading: 1, filled: 148 })
  expect(report).toMatchObject({ read: 300, used: 299 })
  expect(report.rows).toHaveLength(151)
  expect(report.rows.find(({ kind }) => kind === 'inserted')).toMatchObject({ place: '2020-04-30', done: 'Got a row of missing values' })
  expect(report.rows.find(({ kind, place }) => kind === 'filled' && place === '2020-04-30')).toMatchObject({ wrong: '“v” has no value.', done: 'Filled with 119' })
})

it('recordings: unreadable, repeated and brought to another rate', async () => {
  mkdirSync(join(folder, 'sounds', 'a'), { recursive: true })
  mkdirSync(join(folder, 'sounds', 'b'), { recursive: true })
  const put = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, 'sounds', name), bytes)
  const tone = (height: number, rate = 8000) => encodeWav(Float32Array.from({ length: 2000 }, (_, at) => Math.sin(at * height) / 2), { rate })
  put('a/1.wav', tone(0.1)); put('a/2.wav', tone(0.1)); put('a/3.wav', new Uint8Array(9)); put('b/1.wav', tone(0.2, 4000))
  const report = await reportOf(experimentOn({ kind: 'audio', source: 'sounds', faulty: 'leave-out' }, { task: classes }), folder)
  expect(report).toMatchObject({ unit: 'recordings', read: 4, used: 2 })
  expect(report.rows.map(({ kind, file }) => [kind, file])).toEqual([['left-out', 'a/3.wav'], ['repeat', 'a/2.wav'], ['resampled', 'b/1.wav']])
})
