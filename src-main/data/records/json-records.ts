import type { RecordColumn } from '@shared/rpc/schemas'
import type { ReadOptions } from '../prepared-dataset'
import { readLines } from './read-lines'
import { RecordColumnProfile } from './record-columns'
import { badJson, emptySequence, missingKey, noColumnNamed, noneUsable, noRecords, notAString, partIn } from './record-errors'
import { RecordCollector, type RecordColumns, type RecordTable } from './record-table'

/**
 * A JSON Lines file: an object a line; blank lines are passed over.
 * @throws UnrollError `dataset.json`, `dataset.column-missing`, `dataset.not-text`, `dataset.empty-sequence` with line and column
 */
export async function readJsonRecords(path: string, columns: RecordColumns, options: ReadOptions = {}): Promise<RecordTable> {
  const collector = new RecordCollector(columns)
  const { sequence, target, targetIs, group, part } = columns
  await readLines(path, options, (line, number) => {
    if (line.trim() === '') return
    collector.add(number, () => {
      const record = objectIn(path, line, number)
      if (sequence === undefined) throw noColumnNamed(path, 'sequence', Object.keys(record))
      if (target === undefined) throw noColumnNamed(path, targetIs === 'class' ? 'label' : 'output', Object.keys(record))
      const valueOf = (key: string) => {
        if (!Object.hasOwn(record, key)) throw missingKey(path, key, number, Object.keys(record))
        return record[key]
      }
      const text = (key: string) => {
        const value = valueOf(key)
        if (typeof value !== 'string') throw notAString(path, key, number, value)
        if (value === '') throw emptySequence(path, `"${key}"`, number, 1)
        return value
      }
      /** Classes and groups may be numbers, or true and false. */
      const name = (key: string) => {
        const value = valueOf(key)
        return typeof value === 'number' || typeof value === 'boolean' ? String(value) : text(key)
      }
      return { sequence: text(sequence), target: targetIs === 'class' ? name(target) : text(target), group: group === undefined ? undefined : name(group), part: part === undefined ? undefined : partIn(path, part, name(part), number, 1) }
    })
  })
  const { table } = collector
  if (table.sequences.length === 0) throw table.leftOut?.rows[0] === undefined ? noRecords(path) : noneUsable(path, table.leftOut)
  return table
}

/** What the keys of all records hold, in the order they first appear; values that are no text as JSON has them. */
export async function profileJson(path: string, options: ReadOptions = {}, leaveOut = false): Promise<{ columns: RecordColumn[]; rows: number }> {
  const profiles = new Map<string, RecordColumnProfile>()
  let rows = 0
  await readLines(path, options, (line, number) => {
    if (line.trim() === '') return
    let record: Record<string, unknown>
    try {
      record = objectIn(path, line, number)
    } catch (error) {
      if (leaveOut) return
      throw error
    }
    rows++
    for (const [key, value] of Object.entries(record)) {
      let profile = profiles.get(key)
      if (profile === undefined) profiles.set(key, profile = new RecordColumnProfile(key))
      profile.add(typeof value === 'string' ? value : JSON.stringify(value))
    }
  })
  if (rows === 0) throw noRecords(path)
  return { columns: [...profiles.values()].map((profile) => profile.column()), rows }
}

function objectIn(path: string, line: string, number: number): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    const at = failingAt(line)
    throw badJson(path, number, at + 1, at < line.length ? `found ${JSON.stringify(line.slice(at, at + 20))}` : 'the line ends')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badJson(path, number, line.search(/\S/) + 1, `found ${JSON.stringify(line.trim().slice(0, 20))}`)
  return value as Record<string, unknown>
}

/**
 * Where a line stops being the beginning of JSON: the longest prefix that something could complete, found by halving. The
 * parser itself names a place in some messages only.
 */
function failingAt(line: string): number {
  let [good, bad] = [0, line.length + 1]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (canGoOn(line.slice(0, middle))) good = middle
    else bad = middle
  }
  return good
}

function canGoOn(prefix: string): boolean {
  try {
    JSON.parse(prefix)
    return true
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    const place = /position (\d+)/.exec(message)
    return /end of JSON|Unterminated/i.test(message) || (place !== null && Number(place[1]) >= prefix.length)
  }
}
