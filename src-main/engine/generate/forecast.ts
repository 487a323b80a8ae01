import { UnrollError } from '@shared/errors'
import type { Backend } from '../backends/backend'
import { breather, engineHost, type EngineHost } from '../host'
import { expectOneDirection, withNetwork, type NetworkArguments, type NetworkRunner } from '../inspect/network-runner'
import type { LoggedColumns, SeriesRecipe } from '../series/recipe'
import { PlainFeeder, RecipeFeeder } from './row-feeder'

export interface ForecastArguments extends NetworkArguments, ForecastOrigin {
  /** Rows to forecast. */
  steps: number
  /** Input column i of a forecast row = its output column feedback[i]; -1: the last known value goes on. */
  feedback: number[]
  /** The output at row t speaks of row t + horizon. */
  horizon: number
  /** Of a series whose columns are logged, differenced or lagged, in place of `feedback`; `known` then belongs to the origin. */
  recipe?: SeriesRecipe | undefined
}

/** What is known where a forecast begins. */
export interface ForecastOrigin {
  /** Known rows [rows, inputSize]; rows ≥ 1. */
  history: Float32Array
  /** Inputs of the forecast rows that are known beforehand, [steps, inputSize]; NaN: not known. */
  ahead?: Float32Array | undefined
  /** With a recipe: the logged columns of the known rows of the series, from as far back as it reaches. */
  known?: LoggedColumns | undefined
}

export interface Forecasts {
  /** y_t at every known row, [rows, outputSize]: it predicts row t + horizon. */
  fitted: Float32Array
  /** [steps, outputSize] */
  forecast: Float32Array
  /** Of a transformed series: the forecast in the columns' own units, [steps, outputSize]. */
  values: Float64Array | null
}

/**
 * Forecasts the rows after a history, the network's own outputs standing in for what is not known yet.
 * With n known rows the output at row t is the prediction of row t + horizon, so the outputs at the last `horizon` known
 * rows already speak of the first `horizon` unknown ones: these are direct forecasts, no output is fed back. From then on
 * forecast row n + k is the output at row n + k − horizon, itself a forecast row: inputs by `feedback`. With horizon 1 that is
 * one direct forecast and recursion from the second on. When the history is shorter than the horizon, the forecasts that would
 * have to be read from rows before it are NaN, and go on as the last known value where they'd be fed back.
 * Of a transformed series an output becomes a value by what is known or forecast before it, and inputs are made of values.
 * @throws UnrollError `input.invalid`, `shape.mismatch`; `experiment.mismatch` where outputs would be fed back to a network of two
 *         directions
 */
export async function forecast(backend: Backend, args: ForecastArguments, host: EngineHost = engineHost): Promise<Forecasts> {
  expectForecast(args)
  return withNetwork(backend, args, 'values', (runner) => forecastFrom(runner, args, args, breather(host)))
}

/** @throws UnrollError as `forecast` does for what it was given */
export function expectForecast({ model, inputSize, outputSize, history, steps, feedback, horizon, recipe }: ForecastArguments): void {
  if (history.length < inputSize) throw new UnrollError('input.invalid', 'A forecast needs at least one known row.', { hint: 'Choose a longer history.' })
  if (!recipe && (feedback.length !== inputSize || feedback.some((column) => column >= outputSize))) {
    throw new UnrollError('input.invalid', `The feedback should name, for each of the ${inputSize} input columns, one of ${outputSize} output columns or -1.`)
  }
  if (steps > horizon) expectOneDirection(model, `A forecast of ${steps} steps with horizon ${horizon}`)
}

/** One forecast by a network in its zero state. */
export async function forecastFrom(
  runner: NetworkRunner, { inputSize, outputSize, steps, feedback, horizon, recipe }: Omit<ForecastArguments, keyof ForecastOrigin>, { history, ahead, known }: ForecastOrigin, breathe: () => Promise<void>,
): Promise<Forecasts> {
  const fitted = (await runner.read(history, { hidden: false, breathe })).outputs
  const rows = history.length / inputSize
  const result = new Float32Array(steps * outputSize).fill(NaN)
  const transformed = recipe && known ? new RecipeFeeder(recipe, known, steps, inputSize, ahead) : null
  const feeder = transformed ?? new PlainFeeder(feedback, history.subarray((rows - 1) * inputSize), ahead)
  for (let step = 0; step < steps; step++) {
    const from = rows + step - horizon
    let output: Float32Array | null = null
    if (from >= rows) {
      output = (await runner.read(feeder.row(from - rows))).outputs
      await breathe()
    } else if (from >= 0) output = fitted.subarray(from * outputSize, (from + 1) * outputSize)
    feeder.take(step, output)
    if (output !== null) result.set(output, step * outputSize)
  }
  return { fitted, forecast: result, values: transformed?.values ?? null }
}
