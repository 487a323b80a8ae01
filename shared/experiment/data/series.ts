import { z } from 'zod'
import { count, splitKeys, splitSeed, textEncodings } from './keys'

/**
 * What is done to the columns of a series before they are scaled, in this order; undone in every figure that is shown.
 *   log         z = ln x, of values above 0; log1p: z = ln(1 + x), of values above −1
 *   difference  z_t − z_{t−k} for each k in turn: [1] against the row before, [12] against a season of 12 before, [1, 12] both
 */
export const seriesTransformSchema = z.object({
  log: z.enum(['none', 'log', 'log1p']).default('none'),
  difference: z.array(z.int().min(1).max(100_000)).max(3).default([]),
  /** Which columns; all inputs and targets when absent. */
  columns: z.array(z.string()).min(1).optional(),
})

export const seriesDataSchema = z.object({
  kind: z.literal('series'),
  source: z.string().min(1),
  columns: z.array(z.string()).min(1),
  target: z.array(z.string()).min(1),
  horizon: count.default(1),
  time: z.string().nullable().default(null),
  scale: z.enum(['standard', 'minmax', 'robust', 'none']).default('standard'),
  transform: seriesTransformSchema.prefault({}),
  /** Further inputs: each of `columns` as it was so many rows before. */
  lags: z.array(z.int().min(1).max(100_000)).max(100).default([]),
  /** The column that says whose row it is, where a table holds several series. */
  key: z.string().nullable().default(null),
  /**
   * A cell without a value: refused; the value before it goes on; or a straight line between its neighbours, where they are
   * in the same part. Rows before every column has its first value are left out.
   */
  missing: z.enum(['refuse', 'previous', 'linear']).default('refuse'),
  /** Rows as they stand; or put in the order of time, and each step of time without a row gets one of missing values. */
  steps: z.enum(['as-is', 'fill']).default('as-is'),
  /** Added to the inputs, each as sine and cosine over its period: hour of the day, day of the week, month of the year. */
  calendar: z.array(z.enum(['hour', 'weekday', 'month'])).default([]),
  /** Rows left out between two parts, so that windows of one don't lead up to the other. */
  gap: z.int().min(0).default(0),
  /** Every series is split in time; or, where there are several, each lies in one part whole, drawn by the seed. */
  split: z.enum(['time', 'key']).default('time'),
  splitSeed,
  encoding: z.enum(textEncodings).optional(),
  /** How the table is written; guessed from its first lines when absent. */
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  header: z.boolean().optional(),
  /** Steps between the starts of two training windows; used when the state is not carried. */
  stride: count.nullable().default(null),
  /** Rows of one season, for the seasonal baseline and MASE; found by autocorrelation in the training part when absent. */
  season: count.optional(),
  ...splitKeys,
})
