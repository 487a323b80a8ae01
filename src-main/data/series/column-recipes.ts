import { UnrollError } from '@shared/errors'
import { isTransformed, transformOf } from '@shared/experiment/series-columns'
import { leadOf, targetLeadOf, type ColumnRecipe, type LoggedColumns, type SeriesRecipe } from '../../engine/series/recipe'
import { differenced, differenceTerms, hasLog, logOf, reachOf, targetLags } from '../../engine/series/transforms'
import { wantedColumns, type Series, type SeriesSpec } from './read-series'
import { fitScale, type ColumnScale, type Scaler } from './scaler'
import { noLogarithm } from './series-errors'

/** How columns are scaled, and where they are logged, differenced or lagged how they are undone. */
export interface FittedColumns {
  scaler: Scaler
  recipe: SeriesRecipe
  /** The logged columns of each series: those of `wantedColumns`, in their order. */
  logged: LoggedColumns[]
  /** Rows of each series that are only looked back on by inputs, and by targets. */
  lead: number
  targetLead: number
}

/**
 * Takes the logs of all series, and fits each column's scale on the training rows alone: on what is left when it is differenced.
 * @param trained training rows of each series
 * @throws UnrollError `dataset.log` with the first row whose value has no logarithm; `experiment.transform`
 */
export function fitColumns(each: readonly { name: string | null; series: Series }[], trained: readonly number[], spec: SeriesSpec, path: string): FittedColumns {
  const names = wantedColumns(spec)
  expectNamed(spec, names)
  const logged = each.map((one) => names.map((name) => loggedColumn(one, name, spec, path)))
  /** One column's scale, over the training rows of all series that have the rows it looks back on. */
  const fit = (name: string, lags: readonly number[]): ColumnScale => {
    const [column, terms, reach] = [names.indexOf(name), differenceTerms(lags), reachOf(lags)]
    const rows = logged.map((columns, at) => {
      const values = columns[column]!
      if (reach === 0) return values.subarray(0, trained[at]!)
      return Float64Array.from({ length: Math.max(0, trained[at]! - reach) }, (_, row) => differenced(values, row + reach, terms))
    })
    return fitScale(spec.scale, name, together(rows))
  }
  const lagsOf = (name: string) => transformOf(spec, name).difference
  const columns = names.map((name) => fit(name, lagsOf(name)))
  const scaleOf = (name: string) => columns[names.indexOf(name)]!
  // Where a difference is against other rows further ahead, it has a scale of its own.
  const apart = spec.target.some((name) => String(targetLags(lagsOf(name), spec.horizon)) !== String(lagsOf(name)))
  const targets = spec.target.map((name) => (apart ? fit(name, targetLags(lagsOf(name), spec.horizon)) : scaleOf(name)))
  const recipeOf = (name: string, lags: number[], { offset, scale }: ColumnScale): ColumnRecipe => ({ log: transformOf(spec, name).log, lags, offset, scale })
  const recipe: SeriesRecipe = {
    horizon: spec.horizon, lags: spec.lags,
    inputs: spec.columns.map((name) => recipeOf(name, lagsOf(name), scaleOf(name))),
    targets: spec.target.map((name, at) => ({ ...recipeOf(name, targetLags(lagsOf(name), spec.horizon), targets[at]!), column: names.indexOf(name) })),
  }
  const { transform: { log, difference, columns: chosen }, lags, horizon } = spec
  return {
    recipe, logged, lead: leadOf(recipe), targetLead: targetLeadOf(recipe),
    scaler: { kind: spec.scale, columns, ...(apart && { targets }), ...(isTransformed(spec) && { transform: { log, difference, columns: chosen ?? names }, lags, horizon }) },
  }
}

function loggedColumn({ name: key, series }: { name: string | null; series: Series }, name: string, spec: SeriesSpec, path: string): Float64Array {
  const values = series.columns.get(name)!
  const { log } = transformOf(spec, name)
  if (log === 'none') return values
  const bad = values.findIndex((value) => !hasLog(log, value))
  if (bad >= 0) throw noLogarithm(path, name, log, { value: values[bad]!, row: bad + 1, line: series.lines?.[bad] || undefined, label: [key, series.labels?.[bad]].filter((part) => part !== null && part !== undefined).join(', ') || null })
  return values.map((value) => logOf(log, value))
}

function expectNamed({ transform: { columns } }: SeriesSpec, names: readonly string[]): void {
  const unknown = columns?.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new UnrollError('experiment.transform', `data.transform.columns names "${unknown}", which is neither an input nor a target.`, { hint: `Choose among ${names.map((name) => `"${name}"`).join(', ')}.`, where: { parameter: 'data.transform' } })
  }
}

/** One list after the other. */
export function together(lists: readonly Float64Array[]): Float64Array {
  if (lists.length === 1) return lists[0]!
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0))
  startsOf(lists.map(({ length }) => length)).forEach((start, at) => all.set(lists[at]!, start))
  return all
}

export function startsOf(lengths: readonly number[]): number[] {
  let sum = 0
  return lengths.map((length) => (sum += length) - length)
}
