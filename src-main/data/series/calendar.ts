import type { SeriesSpec } from './read-series'

export type CalendarFeature = SeriesSpec['calendar'][number]

const [hour, day] = [3_600_000, 86_400_000]

/** Where a time stands in the period, from 0 up to 1. Monday begins the week; a month counts as a twelfth of the year. */
const phases: Record<CalendarFeature, (time: number) => number> = {
  hour: (time) => mod(time, day) / (24 * hour),
  // 1 January 1970 was a Thursday.
  weekday: (time) => mod(Math.floor(time / day) + 3, 7) / 7,
  month: (time) => new Date(time).getUTCMonth() / 12,
}

/** sin 2πp and cos 2πp of each feature's phase p: neighbours over the period's border stay neighbours. */
export const calendarAt = (features: readonly CalendarFeature[], time: number): number[] =>
  features.flatMap((feature) => {
    const angle = 2 * Math.PI * phases[feature](time)
    return [Math.sin(angle), Math.cos(angle)]
  })

/** The same of many times, [times, 2 · features]. */
export function calendarOf(features: readonly CalendarFeature[], times: Float64Array): Float32Array {
  const width = 2 * features.length
  const all = new Float32Array(times.length * width)
  for (let row = 0; row < times.length; row++) all.set(calendarAt(features, times[row]!), row * width)
  return all
}

const mod = (value: number, by: number) => ((value % by) + by) % by
