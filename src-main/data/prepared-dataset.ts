import type { Baseline } from '@shared/metrics'
import type { SplitPart } from '@shared/rpc/schemas'
import type { UnitMeasure } from '../engine/metrics/unit-errors'
import type { LoggedColumns, SeriesRecipe } from '../engine/series/recipe'
import type { Part, PreparedData } from '../engine/training/prepared-data'
import type { CalendarFeature } from './series/calendar'
import type { Scaler } from './series/scaler'
import type { TimeStep } from './series/time-steps'

/** A dataset ready to train on, and what people need to read its numbers. */
export interface PreparedDataset {
  data: PreparedData
  /** Text: the symbol of each token id. */
  vocabulary: string[] | null
  /** The name of each class, where the data names them. */
  classes?: string[]
  /** Series: how the columns were scaled; fitted on the training rows alone. */
  scaler: Scaler | null
  /** Trivial models on the same split, best first; measured on the validation part, on the training part when that is empty. */
  baselines: Baseline[]
  /** What `Metric.error` counts in: the first target column's name; null for classification. */
  unit: string | null
  /** Scale of the first target column, for `SessionOptions.unitScale`; null: its errors aren't a multiple of the scaled ones. */
  unitScale: number | null
  /** Series: what turns the first target's outputs into its own units, x = x'·scale + offset, and its errors into MASE. */
  measure?: ErrorMeasure
  /** The whole series, for forecasts and charts. */
  series: PreparedSeries | null
  /** Rows, characters or sequences from `from` up to, without, `to`. */
  split: SplitPart[]
  /** Characters, rows or sequences. */
  length: number
  inputSize: number
  outputSize: number
  /** "1,115,394 characters, 65 symbols". */
  summary: string
  /** What the user should know, a sentence each. */
  warnings: string[]
}

export interface PreparedSeries {
  columns: string[]
  target: string[]
  horizon: number
  /** Scaled inputs of all rows, [rows, columns]; the parts of `data` are views of it. */
  inputs: Float32Array
  /** Scaled target columns of all rows, unshifted, [rows, target]. */
  targets: Float32Array
  /** Which output column gives each input column when a forecast is fed by its own outputs; -1: none does. */
  feedback: number[]
  /** The time column as written, one label a row; null when there is none: the row's number stands for it. */
  labels: string[] | null
  /** First row of each series, where a table holds several one after the other. */
  starts: number[]
  /** What the calendar columns, the last ones of `columns`, are at rows past the end; null: there are none. */
  calendar: { features: CalendarFeature[]; step: TimeStep; last: number } | null
  /** Where columns are logged, differenced or lagged: how; their logged values; the rows of each series that only others look back on. */
  transformed: { recipe: SeriesRecipe; logged: LoggedColumns; lead: number } | null
  /** The first target column in its own units. */
  values: Float64Array
  /** Rows from..to-1 of each part of each series, none where to ≤ from; and the season of each, null: none. */
  parts: Record<Part, { from: number; to: number }[]>
  seasons: (number | null)[]
}

export interface ErrorMeasure extends UnitMeasure {
  /** Rows of a season, as stated or found in the training part; null: none. */
  season: number | null
  /** Mean absolute error of the seasonal naive forecast in the training part; null: no MASE, or one a series (`StreamPart.naiveErrors`). */
  naiveError: number | null
}

export interface DataProgress { bytes: number; totalBytes: number; rows: number }

export interface ReadOptions {
  signal?: AbortSignal | undefined
  onProgress?: ((progress: DataProgress) => void) | undefined
  /** Given all bytes of the file as they are read: for a hash. */
  onChunk?: ((bytes: Uint8Array) => void) | undefined
}
