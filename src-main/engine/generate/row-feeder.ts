import { expOf } from '../series/transforms'
import { inputRow, loggedFrom, type LoggedColumns, type SeriesRecipe } from '../series/recipe'

/** What a network reads at rows that are only forecast: its own outputs, and what else is known. */
export interface RowFeeder {
  /** Rows are told in order. @param output of the network for that row; null: none could be read */
  take(step: number, output: Float32Array | null): void
  /** What the network reads at a forecast row that was taken. */
  row(step: number): Float32Array
}

/** Outputs stand for inputs as they are: input column i is output column feedback[i], or goes on as last known. */
export class PlainFeeder implements RowFeeder {
  private readonly outputs: (Float32Array | null)[] = []

  /** @param ahead inputs known beforehand, [steps, inputs], NaN where not */
  constructor(private readonly feedback: readonly number[], private readonly lastKnown: Float32Array, private readonly ahead: Float32Array | undefined) {}

  take(step: number, output: Float32Array | null): void { this.outputs[step] = output }

  row(step: number): Float32Array {
    const output = this.outputs[step] ?? null
    const given = (index: number) => numberOrNull(this.ahead?.[step * this.feedback.length + index])
    const fed = (column: number) => (column < 0 || output === null ? null : numberOrNull(output[column]))
    return Float32Array.from(this.feedback, (column, index) => fed(column) ?? given(index) ?? this.lastKnown[index]!)
  }
}

/** A series whose columns are logged, differenced or lagged: outputs become values, and these the inputs of later rows. */
export class RecipeFeeder implements RowFeeder {
  /** The forecast values in their own units, [steps, targets]; NaN where none could be read. */
  readonly values: Float64Array
  private readonly logged: LoggedColumns
  private readonly row0: number

  /**
   * @param known the logged columns of the known rows and of those before them, as far as there are any
   * @param width of a row of inputs, `ahead` as of PlainFeeder
   */
  constructor(private readonly recipe: SeriesRecipe, known: LoggedColumns, private readonly steps: number, private readonly width: number, private readonly ahead: Float32Array | undefined) {
    this.row0 = known[0]!.length
    this.logged = known.map((column) => {
      const grown = new Float64Array(column.length + steps)
      grown.set(column)
      return grown
    })
    this.values = new Float64Array(steps * recipe.targets.length).fill(NaN)
  }

  take(step: number, output: Float32Array | null): void {
    const { recipe, logged, row0 } = this
    const row = row0 + step
    // What nothing is said of goes on as last known.
    for (const column of logged) column[row] = column[row - 1]!
    if (output === null) return
    const { targets } = recipe
    const found = targets.map((target, index) => loggedFrom(target, logged[target.column]!, row, output[index]!))
    for (const [index, target] of targets.entries()) {
      logged[target.column]![row] = found[index]!
      this.values[step * targets.length + index] = expOf(target.log, found[index]!)
    }
  }

  row(step: number): Float32Array {
    const { recipe, logged, row0, width } = this
    const row = new Float32Array(width)
    inputRow(recipe, logged, row0 + step, row, 0)
    const known = recipe.inputs.length * (1 + recipe.lags.length)
    for (let index = known; index < width; index++) row[index] = this.ahead?.[step * width + index] ?? 0
    return row
  }
}

const numberOrNull = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value)
