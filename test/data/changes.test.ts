import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ExperimentInput } from '@shared/experiment/schema'
import { changesBetween } from '@main/data/shards/changes'
import { store } from '@main/data/store'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
async function stored(data: ExperimentInput['data'] & { source: string }, name: string): Promise<string> {
  mkdirSync(join(folder, name))
  await store(experimentOn(data).data, join(folder, data.source), join(folder, name))
  return join(folder, name)
}

it('a text read again tells its length and the symbols that came and went', async () => {
  write('text.txt', 'abcabc')
  const before = await stored({ kind: 'text', source: 'text.txt' }, 'text-1')
  const again = await stored({ kind: 'text', source: 'text.txt' }, 'text-2')
  write('text.txt', 'abdabdé')
  const after = await stored({ kind: 'text', source: 'text.txt' }, 'text-3')
  expect(await changesBetween(before, again)).toEqual({ same: true, bytes: { before: 6, after: 6 }, length: { before: 6, after: 6 }, appeared: [], vanished: [] })
  expect(await changesBetween(before, after)).toEqual({ same: false, bytes: { before: 6, after: 8 }, length: { before: 6, after: 7 }, appeared: ['d', 'é'], vanished: ['c'] })
})

it('a series read again tells its rows and columns', async () => {
  const series = { kind: 'series', source: 'table.csv', columns: ['x'], target: ['x'] } as const
  const data = { ...series, columns: ['x'], target: ['x'] } satisfies ExperimentInput['data']
  write('table.csv', 't,x,y\n1,2,3\n2,3,4\n3,4,5\n')
  const before = await stored(data, 'series-1')
  write('table.csv', 't,x,z\n1,2,3\n2,3,4\n3,4,5\n4,5,6\n')
  expect(await changesBetween(before, await stored(data, 'series-2'))).toMatchObject({ same: false, length: { before: 3, after: 4 }, appeared: ['z'], vanished: ['y'] })
  expect((await failureOf(changesBetween(before, folder))).code).toBe('dataset.damaged')
})
