import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeAtomic } from '@main/services/files/atomic'
import { isLocked, takeLock } from '@main/services/files/lock'
import { newId } from '@main/services/files/names'
import { MetricsLog, readLastMetrics } from '@main/services/runs/metrics-log'
import { MetricsReader } from '@main/services/runs/metrics-reader'
import { fromMetricBlock } from '@shared/rpc/metric-block'
import { idSchema } from '@shared/rpc/schemas'
import type { Metric } from '@shared/metrics'
import { temporaryFolder } from '../support/temporary-folder'

/** All lines from `from` on, block by block. */
async function readMetrics(path: string, from = 0, reader = new MetricsReader(path)): Promise<Metric[]> {
  const block = await reader.read(from)
  return [...fromMetricBlock(block), ...block.more ? await readMetrics(path, from + block.count, reader) : []]
}

const metric = (step: number): Metric => ({ step, epoch: 0, split: 'train', loss: 1 / step })

test('a file is written whole, over another, and leaves no temporary one', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'a.txt')
  await writeAtomic(path, 'first')
  await writeAtomic(path, new Uint8Array([104, 105]))
  expect(readFileSync(path, 'utf8')).toBe('hi')
  expect(readdirSync(folder)).toEqual(['a.txt'])
})

test('a file that cannot be written says why and leaves the old one', async () => {
  const folder = temporaryFolder()
  await expect(writeAtomic(join(folder, 'none/a.txt'), 'x')).rejects.toMatchObject({ code: 'file.unwritable', message: expect.stringMatching(/folder isn't there/) as string })
  mkdirSync(join(folder, 'taken'))
  await expect(writeAtomic(join(folder, 'taken'), 'x')).rejects.toMatchObject({ code: 'file.unwritable' })
  expect(readdirSync(folder)).toEqual(['taken'])
})

test('a lock is one process\'s until it lets go; a dead one\'s is taken over', async () => {
  const file = join(temporaryFolder(), '.lock')
  const lock = await takeLock(file, 'the folder')
  expect(isLocked(file)).toBe(true)
  await expect(takeLock(file, 'the folder')).rejects.toMatchObject({ code: 'folder.in-use', message: `Another Unroll (process ${process.pid}) is using the folder.` })
  lock.release()
  expect(existsSync(file)).toBe(false)
  writeFileSync(file, '999999999 5')
  expect(isLocked(file)).toBe(false)
  // This process's number, of another start: the number was used again.
  writeFileSync(file, `${process.pid} 1`)
  if (process.platform === 'linux') expect(isLocked(file)).toBe(false)
  ;(await takeLock(file, 'the folder')).release()
})

test('names become ids that the contract takes, never the same twice', () => {
  for (const name of ['Tiny Shakespeare', 'ÄÖÜ émoji 🙂', '猫', '../../etc', 'x'.repeat(300), '']) expect(idSchema.safeParse(newId(name)).success).toBe(true)
  expect(newId('a')).not.toBe(newId('a'))
})

test('metrics are appended by whole lines; a torn line is passed over and cut off', async () => {
  const path = join(temporaryFolder(), 'metrics.jsonl')
  const log = await MetricsLog.openAt(path, 0)
  await log.append([metric(1), metric(2)])
  await log.append([metric(3)])
  expect(log.lines).toBe(3)
  await log.close()
  writeFileSync(path, `${readFileSync(path, 'utf8')}{"step":4,"ep`)
  expect(await readMetrics(path)).toEqual([metric(1), metric(2), metric(3)])
  expect(await readMetrics(path, 2)).toEqual([metric(3)])
  expect((await readLastMetrics(path)).at(-1)).toEqual(metric(3))

  const again = await MetricsLog.openAt(path, 2)
  expect(again.lines).toBe(2)
  await again.append([metric(30)])
  await again.close()
  expect(await readMetrics(path)).toEqual([metric(1), metric(2), metric(30)])
})

test('the last metrics of a long file are read from its end', async () => {
  const path = join(temporaryFolder(), 'metrics.jsonl')
  const log = await MetricsLog.openAt(path, 0)
  await log.append(Array.from({ length: 20_000 }, (_, at) => metric(at + 1)))
  await log.close()
  const all = await readMetrics(path)
  expect(all).toEqual(Array.from({ length: 20_000 }, (_, at) => metric(at + 1)))
  const last = await readLastMetrics(path)
  expect(last.at(-1)).toEqual(metric(20_000))
  expect(last.length).toBeLessThan(2000)
  expect(await readMetrics(join(temporaryFolder(), 'none.jsonl'))).toEqual([])
})

test('blocks of metrics begin where the last one ended, also after a checkpoint was gone back to', async () => {
  const path = join(temporaryFolder(), 'metrics.jsonl')
  const lines = Array.from({ length: 40_000 }, (_, at) => metric(at + 1))
  const log = await MetricsLog.openAt(path, 0)
  await log.append(lines)
  await log.close()
  const reader = new MetricsReader(path)
  const first = await reader.read(0)
  expect(first).toMatchObject({ from: 0, more: true })
  expect(first.read).toBeCloseTo(first.count / 40_000, 1)
  expect(fromMetricBlock(await reader.read(39_990))).toEqual(lines.slice(39_990))

  reader.forget(30_000)
  const again = await MetricsLog.openAt(path, 30_000)
  const other = Array.from({ length: 20_000 }, (_, at) => ({ ...metric(30_001 + at), accuracy: 0.125 }))
  await again.append(other)
  await again.close()
  expect(await readMetrics(path, 29_990, reader)).toEqual([...lines.slice(29_990, 30_000), ...other])
})
