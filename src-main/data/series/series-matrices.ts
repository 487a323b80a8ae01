import { inputRow, scaledAt, type ColumnRecipe } from '../../engine/series/recipe'
import { baseOf, differenceTerms } from '../../engine/series/transforms'
import type { FittedColumns } from './column-recipes'
import { startsOf } from './column-recipes'

/** The rows of all series, one series after the other. */
export interface SeriesMatrices {
  /** [rows, inputs]; rows that are only looked back on are zero. */
  inputs: Float32Array
  /** [rows, targets], unshifted */
  targets: Float32Array
  /** What the first target of each row is a difference against; null: nothing. */
  bases: Float64Array | null
}

/**
 * Columns as the network reads them.
 * @param rows of each series   @param width of a row of inputs   @param calendar of a series' rows, the last columns of `inputs`
 */
export function seriesMatrices({ recipe, logged, lead, targetLead }: FittedColumns, rows: readonly number[], width: number, calendar: ((series: number) => Float32Array) | null): SeriesMatrices {
  const [offsets, length] = [startsOf(rows), rows.reduce((sum, count) => sum + count, 0)]
  const outputs = recipe.targets.length
  const [inputs, targets] = [new Float32Array(length * width), new Float32Array(length * outputs)]
  const first = recipe.targets[0]!
  const terms = differenceTerms(first.lags)
  const bases = terms.length > 1 ? new Float64Array(length) : null
  rows.forEach((count, at) => {
    const [offset, columns] = [offsets[at]!, logged[at]!]
    if (lead === 0) recipe.inputs.forEach((input, column) => scaleInto(inputs, width, offset, column, columns[column]!, input))
    else for (let row = lead; row < count; row++) inputRow(recipe, columns, row, inputs, (offset + row) * width)
    if (targetLead === 0) recipe.targets.forEach((target, column) => scaleInto(targets, outputs, offset, column, columns[target.column]!, target))
    else for (let row = targetLead; row < count; row++) recipe.targets.forEach((target, column) => { targets[(offset + row) * outputs + column] = scaledAt(target, columns[target.column]!, row) })
    if (bases !== null) for (let row = targetLead; row < count; row++) bases[offset + row] = baseOf(columns[first.column]!, row, terms)
    const beside = calendar?.(at)
    if (beside) for (let row = 0, own = beside.length / count; row < count; row++) inputs.set(beside.subarray(row * own, (row + 1) * own), (offset + row + 1) * width - own)
  })
  return { inputs, targets, bases }
}

/** Rows whose difference would be against rows before the first have no target. */
export function withoutTargets({ targets }: SeriesMatrices, { recipe, targetLead, logged }: FittedColumns, offsets: readonly number[]): void {
  offsets.forEach((offset, at) => {
    const rows = Math.min(targetLead, logged[at]![0]!.length)
    targets.fill(NaN, offset * recipe.targets.length, (offset + rows) * recipe.targets.length)
  })
}

function scaleInto(matrix: Float32Array, width: number, offset: number, column: number, values: Float64Array, { offset: middle, scale }: ColumnRecipe): void {
  for (let row = 0; row < values.length; row++) matrix[(offset + row) * width + column] = (values[row]! - middle) / scale
}
