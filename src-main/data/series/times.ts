/** 2024-03, 2024-03-31, 2024/3/31 12:00, 2024-03-31T12:00:00.5Z */
const yearFirst = /^(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?(?:[T ](.+))?$/i
/** 31.03.2024, 3/31/24 1:05 PM */
const yearLast = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[T ](.+))?$/
const clock = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)? ?([AP]M)? ?(?:(Z)|([+-])(\d{2}):?(\d{2}))?$/i
const [hour, minute] = [3_600_000, 60_000]

/** Days of each month; February's 29 is checked by its year. */
const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * A date, with or without a time of day, in milliseconds since 1970 (UTC; a time without a zone counts as UTC).
 * @param dayFirst what 3/4/2024 means: 3 April; else March 4. With dots and dashes the day is first anyway
 * @returns NaN when it is none
 */
export function timeIn(text: string, dayFirst: boolean): number {
  const iso = yearFirst.exec(text)
  if (iso) return instant(Number(iso[1]), Number(iso[3]), Number(iso[4] ?? 1), iso[5])
  const other = yearLast.exec(text)
  if (!other) return NaN
  const [first, second, written] = [Number(other[1]), Number(other[3]), Number(other[4])]
  // As POSIX has it: 69 to 99 are the last century's.
  const year = other[4]!.length === 4 ? written : written + (written < 69 ? 2000 : 1900)
  return dayFirst || other[2] !== '/' ? instant(year, second, first, other[5]) : instant(year, first, second, other[5])
}

/** Whether 13/4/2024 and the like show that the day stands first. */
const showsDayFirst = (text: string): boolean => {
  const parts = yearLast.exec(text)
  return parts !== null && parts[2] === '/' && Number(parts[1]) > 12
}

function instant(year: number, month: number, day: number, time: string | undefined): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1]!)) return NaN
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCDate() !== day) return NaN
  if (time === undefined) return date.getTime()
  const parts = clock.exec(time.trim())
  if (!parts) return NaN
  const half = parts[5]?.toUpperCase()
  const hours = half === undefined ? Number(parts[1]) : Number(parts[1]) % 12 + (half === 'PM' ? 12 : 0)
  const [minutes, seconds] = [Number(parts[2]), Number(parts[3] ?? 0)]
  if (hours > 24 || minutes > 59 || seconds > 60) return NaN
  const zone = parts[7] === undefined ? 0 : (parts[7] === '-' ? -1 : 1) * (Number(parts[8]) * hour + Number(parts[9]) * minute)
  return date.getTime() + hours * hour + minutes * minute + seconds * 1000 + Math.round(Number(parts[4] ?? 0) * 1000) - zone
}

const [zero, dash, slash, colon, space, upperT] = [0x30, 0x2d, 0x2f, 0x3a, 0x20, 0x54]

/**
 * The same for what most files hold, 2024-03-31 and 2024-03-31 12:00[:00], straight from the bytes.
 * @returns NaN for anything else
 */
export function plainTime(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from
  if (length !== 10 && length !== 16 && length !== 19) return NaN
  const separator = bytes[from + 4]
  if ((separator !== dash && separator !== slash) || bytes[from + 7] !== separator) return NaN
  const year = 100 * two(bytes, from) + two(bytes, from + 2)
  const [month, day] = [two(bytes, from + 5), two(bytes, from + 8)]
  if (!(year > 99 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1]!)) return NaN
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0))) return NaN
  if (length === 10) return Date.UTC(year, month - 1, day)
  if ((bytes[from + 10] !== space && bytes[from + 10] !== upperT) || bytes[from + 13] !== colon) return NaN
  const [hours, minutes] = [two(bytes, from + 11), two(bytes, from + 14)]
  if (length === 19 && bytes[from + 16] !== colon) return NaN
  const seconds = length === 19 ? two(bytes, from + 17) : 0
  return hours <= 23 && minutes <= 59 && seconds <= 59 ? Date.UTC(year, month - 1, day, hours, minutes, seconds) : NaN
}

/** Two digits; NaN when they are none. */
function two(bytes: Uint8Array, at: number): number {
  const [tens, ones] = [bytes[at]! - zero, bytes[at + 1]! - zero]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : NaN
}

/** A time column's cells as numbers. */
export interface Times {
  /** Milliseconds since 1970 for dates, else what is written; NaN where a cell is neither. */
  values: Float64Array
  dates: boolean
}

export function timesOf(labels: readonly string[]): Times {
  const numbers = Float64Array.from(labels, (label) => (label.trim() === '' ? NaN : Number(label)))
  const numeric = numbers.reduce((count, value) => count + (Number.isFinite(value) ? 1 : 0), 0)
  if (2 * numeric >= labels.length) return { values: numbers, dates: false }
  const dayFirst = labels.some(showsDayFirst)
  return { values: Float64Array.from(labels, (label) => timeIn(label.trim(), dayFirst)), dates: true }
}
