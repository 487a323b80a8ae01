import { UnrollError } from '@shared/errors'
import { parameterOf, type GeneratedSpec } from '@shared/experiment/generators'
import { Random } from '../../engine/random'
import type { PreparedDataset } from '../prepared-dataset'
import { pairsDataset } from '../records/pairs-dataset'
import { splitInOrder } from '../split'

/** Keeps these draws apart from those of the other generators and of training under the same seed. */
const stream = 0xda7e5

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const dayMs = 86_400_000

const two = (number: number) => String(number).padStart(2, '0')
const ordinal = (day: number): string => (day >= 11 && day <= 13 ? 'th' : ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')

interface Written { day: number; month: string; year: number; weekday: string }

/** Ways people write a date, in the order in which `data.formats` takes them; none that two readers would take for different days. */
const writings: readonly ((date: Written) => string)[] = [
  ({ day, month, year }) => `${day} ${month} ${year}`,
  ({ day, month, year }) => `${month} ${day}, ${year}`,
  ({ day, month, year }) => `${day} ${month.slice(0, 3)} ${year}`,
  ({ day, month, year, weekday }) => `${weekday}, ${day} ${month} ${year}`,
  ({ day, month, year }) => `${day}${ordinal(day)} of ${month} ${year}`,
  ({ day, month, year }) => `${month.slice(0, 3)} ${day}, ${year}`,
  ({ day, month, year }) => `${day} ${month.toLowerCase()} ${year}`,
  ({ day, month, year, weekday }) => `${weekday.slice(0, 3)} ${day} ${month.slice(0, 3)} ${year}`,
]

/**
 * Days between two years, no day twice, each written in one of `formats` ways and as year-month-day of the proleptic
 * Gregorian calendar (ISO 8601): "3 May 1999" and "1999-05-03".
 * @throws UnrollError `dataset.too-short` when the years have fewer days than `count`
 * @see Bahdanau, Cho & Bengio 2015 for translation with attention; dates as its smallest example are common teaching matter
 */
export function dateExamples({ firstYear, lastYear, formats }: { firstYear: number; lastYear: number; formats: number }, count: number, seed: number): { sources: string[]; targets: string[] } {
  const first = dayNumber(firstYear)
  const days = dayNumber(lastYear + 1) - first
  if (days < count) {
    throw new UnrollError('dataset.too-short', `The years ${firstYear} to ${lastYear} have ${Math.max(0, days).toLocaleString('en')} days, but ${count.toLocaleString('en')} different dates are asked for.`, {
      hint: 'Widen data.firstYear and data.lastYear, or lower data.examples.', where: { parameter: 'data.examples' },
    })
  }
  const random = new Random(seed, stream)
  const sources: string[] = []
  const targets: string[] = []
  for (const number of distinct(random, days, count)) {
    const date = new Date((first + number) * dayMs)
    const written = { year: date.getUTCFullYear(), month: months[date.getUTCMonth()]!, day: date.getUTCDate(), weekday: weekdays[date.getUTCDay()]! }
    sources.push(writings[random.below(formats)]!(written))
    targets.push(`${String(written.year).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(written.day)}`)
  }
  return { sources, targets }
}

/** `count` different numbers below `among`: Fisher–Yates over a list of which only the places that moved are kept. */
function* distinct(random: Random, among: number, count: number): Generator<number, void, void> {
  const moved = new Map<number, number>()
  for (let at = 0; at < count; at++) {
    const place = at + random.below(among - at)
    yield moved.get(place) ?? place
    moved.set(place, moved.get(at) ?? at)
  }
}

/** Days from 1970 to a year's first. `Date.UTC` takes years below 100 for 1900 and after. */
const dayNumber = (year: number): number => new Date(0).setUTCFullYear(year, 0, 1) / dayMs

export const dateParameters = (spec: GeneratedSpec) =>
  ({ firstYear: parameterOf(spec, 'firstYear'), lastYear: parameterOf(spec, 'lastYear'), formats: parameterOf(spec, 'formats') })

/** Pairs for encoder and decoder; split in order, since every date is drawn alike and none twice. */
export function prepareDates(spec: GeneratedSpec, seed: number): PreparedDataset {
  const { sources, targets } = dateExamples(dateParameters(spec), spec.examples, seed)
  const { trainEnd, validationEnd, length } = splitInOrder(spec.examples, spec)
  const between = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, at) => from + at)
  const parts = { train: between(0, trainEnd), validation: between(trainEnd, validationEnd), test: between(validationEnd, length) }
  return pairsDataset('The dates', { sources: sources.map((text) => Array.from(text)), targets: targets.map((text) => Array.from(text)), parts, token: 'character' }).dataset
}
