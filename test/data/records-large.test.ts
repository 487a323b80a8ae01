import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readRecords } from '@main/data/records/read-records'
import { temporaryFolder } from '../support/temporary-folder'

const lines = 1_000_000

it('a million lines of JSON are read in bounded time, and what is left out is told row by row', async () => {
  const path = join(temporaryFolder(), 'large.jsonl')
  const file = openSync(path, 'w')
  for (let from = 0; from < lines; from += 10_000) {
    writeSync(file, Array.from({ length: 10_000 }, (_, at) => ((from + at) % 1000 === 999 ? `{"s": broken ${from + at}` : `{"s":"sequence ${from + at}","c":"${at % 7}"}`)).join('\n') + '\n')
  }
  closeSync(file)
  const started = performance.now()
  let told = 0
  const table = await readRecords(path, {}, { sequence: 's', target: 'c', targetIs: 'class', leaveOut: true }, { onProgress: () => { told++ } })
  expect(table.sequences).toHaveLength(999_000)
  expect(table.leftOut).toMatchObject({ count: 1000 })
  expect(table.leftOut!.rows).toHaveLength(1000)
  expect(table.leftOut!.rows[1]).toEqual({ line: 2000, reason: expect.stringMatching(/line 2000 of large\.jsonl/) })
  expect(told).toBeGreaterThan(5)
  expect(performance.now() - started).toBeLessThan(60_000)
}, 120_000)
