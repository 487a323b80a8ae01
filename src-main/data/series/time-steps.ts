import type { Times } from './times'

/** The step of a time column: so many months, or so many milliseconds (of numbers: their own units). */
export interface TimeStep { kind: 'months' | 'plain'; size: number }

const day = 86_400_000

/**
 * The step that most neighbouring rows are apart: months when all times stand on the same day of the month at the same hour
 * (or on the last day of each), else the median difference. Null with fewer than two different times.
 * @param times rising
 */
export function stepOf(times: Times): TimeStep | null {
  const { values } = times
  const months = times.dates && values.length > 2 && inMonths(values)
  const differences: number[] = []
  for (let row = 1; row < values.length; row++) {
    const difference = months ? monthOf(values[row]!) - monthOf(values[row - 1]!) : values[row]! - values[row - 1]!
    if (difference > 0) differences.push(difference)
  }
  if (differences.length === 0) return null
  differences.sort((a, b) => a - b)
  return { kind: months ? 'months' : 'plain', size: differences[differences.length >> 1]! }
}

/** How many steps lie between two times, rounded; what is left over, as a share of a step. */
export function stepsBetween(step: TimeStep, from: number, to: number): { count: number; off: number } {
  const exact = (step.kind === 'months' ? monthOf(to) - monthOf(from) : to - from) / step.size
  const count = Math.round(exact)
  return { count, off: Math.abs(exact - count) }
}

/** The time so many steps later; of months the same day where the month has it, else its last. */
export function later({ kind, size }: TimeStep, time: number, steps: number): number {
  if (kind === 'plain') return time + steps * size
  const date = new Date(time)
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + steps * size, 1)
  const wanted = isLastDay(date) ? 31 : date.getUTCDate()
  return first + (Math.min(wanted, lastDay(new Date(first))) - 1) * day + time % day + (time % day < 0 ? day : 0)
}

/** In the way the time column is written, as far as it can be told. */
export function labelFor(time: number, dates: boolean, like: string): string {
  if (!dates) return String(Number(time.toPrecision(12)))
  const iso = new Date(time).toISOString()
  if (/^\d{4}-\d{2}$/.test(like)) return iso.slice(0, 7)
  return time % day === 0 && !like.includes(':') ? iso.slice(0, 10) : iso.slice(0, 19).replace('T', ' ')
}

const monthOf = (time: number): number => {
  const date = new Date(time)
  return 12 * date.getUTCFullYear() + date.getUTCMonth()
}

function inMonths(values: Float64Array): boolean {
  const first = new Date(values[0]!)
  const [onDay, atEnd] = [first.getUTCDate(), isLastDay(first)]
  let [sameDay, lastDays] = [true, atEnd]
  for (let row = 0; row < values.length; row++) {
    if (mod(values[row]! - values[0]!, day) !== 0) return false
    const date = new Date(values[row]!)
    sameDay &&= date.getUTCDate() === onDay
    lastDays &&= isLastDay(date)
  }
  return sameDay || lastDays
}

const mod = (value: number, by: number) => ((value % by) + by) % by
const lastDay = (date: Date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
const isLastDay = (date: Date) => date.getUTCDate() === lastDay(date)
