import type { DataSpec } from './schema'

type SeriesData = Extract<DataSpec, { kind: 'series' }>

/** The log and the differences that a column goes through. */
export function transformOf({ transform: { log, difference, columns } }: Pick<SeriesData, 'transform'>, column: string): { log: SeriesData['transform']['log']; difference: number[] } {
  return columns === undefined || columns.includes(column) ? { log, difference } : { log: 'none', difference: [] }
}

/** Whether columns enter otherwise than scaled. */
export const isTransformed = ({ transform, lags }: Pick<SeriesData, 'transform' | 'lags'>): boolean => transform.log !== 'none' || transform.difference.length > 0 || lags.length > 0

/** What stands in each column of x_t, in its order: the columns, each lag's, the calendar's. */
export function seriesInputs({ columns, lags, calendar }: Pick<SeriesData, 'columns' | 'lags' | 'calendar'>): string[] {
  return [
    ...columns, ...lags.flatMap((lag) => columns.map((column) => `${column} (t−${lag})`)),
    ...calendar.flatMap((feature) => [`sin ${feature}`, `cos ${feature}`]),
  ]
}

/**
 * Rows before the first that can be a target: its inputs, `horizon` rows before, need lagged and differenced values, and its own
 * difference is against the least multiple of each lag that is known `horizon` rows before.
 */
export function firstTargetRow(data: SeriesData): number {
  const sum = (lags: readonly number[]) => lags.reduce((all, lag) => all + lag, 0)
  const inputs = Math.max(0, ...data.lags) + Math.max(0, ...data.columns.map((column) => sum(transformOf(data, column).difference)))
  const targets = Math.max(0, ...data.target.map((column) => sum(transformOf(data, column).difference.map((lag) => lag * Math.ceil(data.horizon / lag)))))
  return Math.max(data.horizon + inputs, targets)
}
