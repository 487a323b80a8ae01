import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataSchema, type DataSpec } from '@shared/experiment/schema'
import { Random } from '@main/engine/random'
import { store } from '@main/data/store'

/**
 * How fast sources become shards, and in how much memory: whole imports (read, checked, hashed, tokenised, written and
 * flushed), each several times, from the page cache.
 *   node test/bench/run.mjs import [MEGABYTES = 100] [ROUNDS = 5] [kinds, comma-separated]
 * With 1000 and one kind it is the proof of bounded memory: a 1 GB file under 400 MB resident.
 */
export default async function* (megabytes = '100', rounds = '5', wanted = Object.keys(kinds).join(',')) {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'))
  try {
    for (const name of wanted.split(',')) {
      const { make, data } = kinds[name]!
      const path = join(folder, `source-${name}`)
      await write(path, Number(megabytes) * 1e6, make(new Random(1, 0)))
      const { size } = statSync(path)
      const speeds: number[] = []
      let resident = 0
      for (let round = 0; round < Number(rounds); round++) {
        const into = join(folder, `shards-${name}-${round}`)
        mkdirSync(into)
        const watch = setInterval(() => { resident = Math.max(resident, process.memoryUsage.rss()) }, 20)
        const started = performance.now()
        await store(dataSchema.parse({ ...data, source: path }), path, into)
        speeds.push(size / 1e3 / (performance.now() - started))
        clearInterval(watch)
        rmSync(into, { recursive: true })
      }
      speeds.sort((a, b) => a - b)
      rmSync(path)
      yield { kind: name, megabytes: Math.round(size / 1e6), megabytesPerSecond: rounded({ median: speeds[speeds.length >> 1]!, min: speeds[0]!, max: speeds.at(-1)! }), residentMB: Math.round(resident / 1e6) }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const rounded = (values: Record<string, number>) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Math.round(value)]))

type Source = Omit<DataSpec, 'source'> | { kind: string; [key: string]: unknown }

/** A block of a source that is written again and again. */
const kinds: Record<string, { data: Source; make(random: Random): Block }> = {
  'text-ascii': { data: { kind: 'text' }, make: (random) => ({ head: '', body: prose(random, 'etaoinshrdlu') }) },
  'text-utf8': { data: { kind: 'text' }, make: (random) => ({ head: '', body: prose(random, 'eñaöinшrдлéу') }) },
  'text-words': { data: { kind: 'text', unit: 'word' }, make: (random) => ({ head: '', body: prose(random, 'etaoinshrdlu') }) },
  'text-bytes': { data: { kind: 'text', unit: 'byte' }, make: (random) => ({ head: '', body: prose(random, 'etaoinshrdlu') }) },
  'csv-numbers': { data: { kind: 'series', columns: ['a', 'b'], target: ['c'] }, make: (random) => ({ head: 'a,b,c,d,e,f,g,h\n', body: numbers(random, 8, false) }) },
  'csv-dates': { data: { kind: 'series', columns: ['a'], target: ['b'], time: 'time' }, make: (random) => ({ head: 'time,a,b,c\n', body: numbers(random, 3, true) }) },
}

interface Block { head: string; body: string }

/** A megabyte of words, sentences and lines. */
function prose(random: Random, letters: string): string {
  const alphabet = Array.from(letters)
  const below = (limit: number) => Math.floor(random.uniform() * limit)
  const words = Array.from({ length: 20_000 }, () => Array.from({ length: 1 + below(9) }, () => alphabet[below(alphabet.length)]!).join(''))
  let text = ''
  while (text.length < 1_000_000) {
    // Squared: some words are far more frequent, as in language.
    const word = words[Math.floor(random.uniform() ** 3 * words.length)]!
    text += word + (below(12) === 0 ? '.\n' : below(8) === 0 ? ', ' : ' ')
  }
  return text
}

/** A megabyte of rows of numbers of 1 to 9 digits, with a time before them or without. */
function numbers(random: Random, columns: number, dated: boolean): string {
  const rows: string[] = []
  for (let length = 0; length < 1_000_000; length += rows.at(-1)!.length) {
    const cells = Array.from({ length: columns }, () => (random.normal() * 10 ** Math.floor(random.uniform() * 4)).toFixed(Math.floor(random.uniform() * 6)))
    const time = new Date(1.6e12 + rows.length * 3.6e6).toISOString().slice(0, 19).replace('T', ' ')
    rows.push(`${dated ? `${time},` : ''}${cells.join(',')}\n`)
  }
  return rows.join('')
}

async function write(path: string, bytes: number, { head, body }: Block): Promise<void> {
  const file = await open(path, 'w')
  const block = Buffer.from(body)
  await file.write(head)
  for (let written = 0; written < bytes; written += block.length) await file.write(block)
  await file.close()
}
