import { baseOf, differenced, differenceTerms, expOf, reachOf, type LogKind } from './transforms'

/** x' = (d − offset) / scale, d the difference (`lags`) of the logged column. */
export interface ColumnRecipe { log: LogKind; lags: number[]; offset: number; scale: number }

/**
 * How the values of a series become what a network reads, and its outputs values again. Plain numbers, so that it crosses threads.
 * A row of inputs: the input columns, then each lag's (all columns of `lags[0]` rows before, …), then what is known beforehand
 * (the calendar).
 */
export interface SeriesRecipe {
  horizon: number
  /** The first ones of the logged columns. */
  inputs: ColumnRecipe[]
  /** `column`: its place among the logged columns. */
  targets: (ColumnRecipe & { column: number })[]
  lags: number[]
}

/** The logged columns of a series (`logOf` of each value), [rows] each: the inputs, then targets that are no inputs. */
export type LoggedColumns = Float64Array[]

/** Rows before the first whose inputs are whole. */
export const leadOf = ({ inputs, lags }: Pick<SeriesRecipe, 'inputs' | 'lags'>): number => Math.max(0, ...lags) + Math.max(0, ...inputs.map((input) => reachOf(input.lags)))

/** Rows before the first that has all its targets. */
export const targetLeadOf = ({ targets }: Pick<SeriesRecipe, 'targets'>): number => Math.max(0, ...targets.map(({ lags }) => reachOf(lags)))

/**
 * The inputs of a row but for the calendar; columns that a lag takes before the first whole row are as at that row.
 * @param from first row of the series in `logged`
 */
export function inputRow({ inputs, lags }: SeriesRecipe, logged: LoggedColumns, row: number, into: Float32Array, at: number, from = 0): void {
  let place = at
  for (const lag of [0, ...lags]) {
    for (let column = 0; column < inputs.length; column++) {
      const recipe = inputs[column]!
      const own = Math.max(from + reachOf(recipe.lags), row - lag)
      into[place++] = scaledAt(recipe, logged[column]!, own)
    }
  }
}

/** What the network should put out for the value at `row`. */
export const scaledAt = (recipe: ColumnRecipe, logged: Float64Array, row: number): number => (differenced(logged, row, termsFor(recipe)) - recipe.offset) / recipe.scale

/** The logged value at `row` that an output speaks of, from the values before it. */
export const loggedFrom = (recipe: ColumnRecipe, logged: Float64Array, row: number, output: number): number => output * recipe.scale + recipe.offset + baseOf(logged, row, termsFor(recipe))

/** The value at `row` that an output speaks of, in its own units, from the values before it. */
export const valueFrom = (recipe: ColumnRecipe, logged: Float64Array, row: number, output: number): number => expOf(recipe.log, loggedFrom(recipe, logged, row, output))

const kept = new WeakMap<ColumnRecipe, ReturnType<typeof differenceTerms>>()
function termsFor(recipe: ColumnRecipe) {
  let terms = kept.get(recipe)
  if (terms === undefined) kept.set(recipe, terms = differenceTerms(recipe.lags))
  return terms
}
