import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { dataSchema } from '@shared/experiment/schema'
import { store } from '@main/data/store'

/** A whole import of a table of numbers beside csv-parse cutting it into strings and doing no more, in turns. */
export default async function* (megabytes = '20', rounds = '5') {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'))
  try {
    const path = join(folder, 'table.csv')
    let content = 'a,b,c,d\n'
    for (let row = 0; content.length < Number(megabytes) * 1e6; row++) content += `${row},${(Math.sin(row) * 100).toFixed(4)},${(row * 7919) % 1000},${(row / 3).toFixed(2)}\n`
    writeFileSync(path, content)
    const data = dataSchema.parse({ kind: 'series', source: path, columns: ['b'], target: ['d'] })
    const speeds: Record<string, number[]> = { unroll: [], csvParse: [] }
    for (let round = 0; round < Number(rounds); round++) {
      const into = join(folder, `shards-${round}`)
      mkdirSync(into)
      const started = performance.now()
      await store(data, path, into)
      const between = performance.now()
      parse(readFileSync(path))
      speeds['unroll']!.push(content.length / 1e3 / (between - started))
      speeds['csvParse']!.push(content.length / 1e3 / (performance.now() - between))
    }
    const median = (list: number[]) => Math.round(list.sort((a, b) => a - b)[list.length >> 1]!)
    yield { megabytes: Number(megabytes), unroll: median(speeds['unroll']!), csvParse: median(speeds['csvParse']!) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
