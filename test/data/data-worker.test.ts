import { MessageChannel } from 'node:worker_threads'
import { afterAll, describe, expect, it } from 'vitest'
import { UnrollError } from '@shared/errors'
import { serveData } from '@main/services/serve-data'
import { startDataWorker } from '@main/services/data-client'
import type { HostCapabilities } from '@main/services/host-capabilities'
import type { DataProgress } from '@main/data/prepared-dataset'
import { buffersIn, nodePort } from '@main/hosts/workers/node-port'
import { experimentOn, failureOf, scratch } from './support'

const { folder, write } = scratch()
const ended: (() => void)[] = []
afterAll(() => ended.forEach((end) => end()))

/** The protocol over a real message channel with structured clone and transfer; only the thread is missing. */
async function worker(progress: (task: string, progress: DataProgress) => void = () => {}) {
  const { port1, port2 } = new MessageChannel()
  serveData(nodePort(port1, () => port1.close(), buffersIn))
  ended.push(() => port1.close())
  const port = nodePort(port2, () => port2.close())
  return startDataWorker({ startData: async () => ({ port, terminate: async () => port2.close() }) } as Partial<HostCapabilities> as HostCapabilities, { progress })
}

describe('the data worker', () => {
  it('previews and prepares, with its progress, and gives its arrays away', async () => {
    write('a.txt', 'hello world\n'.repeat(50_000))
    const told: DataProgress[] = []
    const data = await worker((task, progress) => { if (task === 'one') told.push(progress) })
    expect(await data.preview('p', `${folder}/a.txt`, null)).toMatchObject({ kind: 'text', characters: 600_000 })
    const prepared = await data.prepare('one', experimentOn({ kind: 'text', source: 'a.txt' }), folder)
    if (prepared.data.form !== 'tokens') throw new Error(prepared.data.form)
    expect([prepared.data.train.length, prepared.data.validation.length, prepared.data.test.length]).toEqual([480_000, 60_000, 60_000])
    expect(prepared.vocabulary).toEqual(['\n', ' ', 'd', 'e', 'h', 'l', 'o', 'r', 'w'])
    expect(told.at(-1)).toEqual({ bytes: 600_000, totalBytes: 600_000, rows: expect.any(Number) as number })
    // A second time: what was given away is not needed again.
    expect((await data.prepare('two', experimentOn({ kind: 'text', source: 'a.txt' }), folder)).length).toBe(600_000)
    expect((await data.previewGenerated({ kind: 'generated', generator: 'adding', steps: 5, examples: 10, validation: 0, test: 0 }, 1)).steps).toBe(5)
  })

  it('says what is wrong with code, hint and place', async () => {
    const path = write('bad.csv', 'a,b\n1,2\nx,3\n')
    const data = await worker()
    const error = await failureOf(data.preview('p', path, { kind: 'series', columns: ['a'], target: ['b'] }))
    expect(error).toBeInstanceOf(UnrollError)
    expect(error).toMatchObject({ code: 'dataset.not-a-number', where: { file: path, line: 3, column: 1 }, hint: expect.any(String) as string })
  })

  it('gives up the task that is cancelled and goes on with the others', async () => {
    write('long.csv', `t,x\n${'2020-01-01,1.5\n'.repeat(200_000)}`)
    write('short.csv', `t,x\n${'2020-01-01,1.5\n2020-01-02,2.5\n'.repeat(10)}`)
    const data = await worker((task) => { if (task === 'long') void data.cancel('long') })
    const series = (source: string) => experimentOn({ kind: 'series', source, columns: ['x'], target: ['x'] })
    const [long, short] = await Promise.all([failureOf(data.prepare('long', series('long.csv'), folder)), data.prepare('short', series('short.csv'), folder)])
    expect(long.code).toBe('import.cancelled')
    expect(short.length).toBe(20)
    const all = Promise.all([failureOf(data.preview('a', `${folder}/long.csv`, null)), failureOf(data.preview('b', `${folder}/long.csv`, null))])
    await data.cancel(null)
    expect((await all).map(({ code }) => code)).toEqual(['import.cancelled', 'import.cancelled'])
  })
})
