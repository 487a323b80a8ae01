import { UnrollError } from '@shared/errors'
import type { DataSpec } from '@shared/experiment/schema'
import { Random } from '../../engine/random'
import type { PreparedDataset } from '../prepared-dataset'
import { pairsOf } from '../records/prepare-pairs'
import type { RecordTable } from '../records/record-table'

type GeneratedSpec = Extract<DataSpec, { kind: 'generated' }>

/** Keeps these draws apart from those of the other generators and of training under the same seed. */
const stream = 0xda7e
const [firstYear, years] = [1900, 200]
/** A third of all there are: distinct ones are still drawn quickly. */
const most = 200_000
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

interface Written { day: number; month: string; year: number; weekday: string }

/** Ways people write a date, none of which two readers would take for different days. */
const styles: ((date: Written) => string)[] = [
  ({ day, month, year }) => `${day} ${month} ${year}`,
  ({ day, month, year }) => `${day} ${month.slice(0, 3)} ${year}`,
  ({ day, month, year }) => `${month} ${day}, ${year}`,
  ({ day, month, year }) => `${month.slice(0, 3)} ${day}, ${year}`,
  ({ day, month, year }) => `${day}${ordinal(day)} of ${month} ${year}`,
  ({ day, month, year }) => `${day} ${month.toLowerCase()} ${year}`,
  ({ day, month, year, weekday }) => `${weekday}, ${day} ${month} ${year}`,
  ({ day, month, year, weekday }) => `${weekday.slice(0, 3)} ${day} ${month.slice(0, 3)} ${year}`,
]

/**
 * Dates as people write them and as ISO 8601 has them: "3 May 1999" → "1999-05-03". Days of 1900 to 2099, all alike likely,
 * each in one of eight ways, no text twice.
 * @throws UnrollError `dataset.too-large`
 */
export function dateExamples(count: number, seed: number): RecordTable {
  if (count > most) throw new UnrollError('dataset.too-large', `${count.toLocaleString('en')} different dates were asked for; this version draws up to ${most.toLocaleString('en')}.`, { hint: 'Ask for fewer examples.' })
  const random = new Random(seed, stream)
  const drawn = new Set<string>()
  const days = Math.round((Date.UTC(firstYear + years, 0, 1) - Date.UTC(firstYear, 0, 1)) / 86_400_000)
  const table: RecordTable = { sequences: [], targets: [], lines: [] }
  while (drawn.size < count) {
    const date = new Date(Date.UTC(firstYear, 0, 1 + random.below(days)))
    const written = { day: date.getUTCDate(), month: months[date.getUTCMonth()]!, year: date.getUTCFullYear(), weekday: weekdays[date.getUTCDay()]! }
    const text = styles[random.below(styles.length)]!(written)
    if (drawn.has(text)) continue
    drawn.add(text)
    table.sequences.push(text)
    table.targets.push(date.toISOString().slice(0, 10))
    table.lines.push(drawn.size)
  }
  return table
}

/** As pairs of characters. @throws UnrollError `dataset.too-large` */
export function prepareDates(spec: GeneratedSpec, seed: number): PreparedDataset {
  return pairsOf(dateExamples(spec.examples, seed), { unit: 'char', repeats: 'once', validation: spec.validation, test: spec.test }, 'the generated dates', seed)
}

const ordinal = (day: number): string => (day >= 11 && day <= 13 ? 'th' : ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')
