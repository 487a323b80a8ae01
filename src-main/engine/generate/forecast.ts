import { UnrollError } from '@shared/errors'
import type { Backend } from '../backends/backend'
import { breather, engineHost, type EngineHost } from '../host'
import { expectOneDirection, withNetwork, type NetworkArguments } from '../inspect/network-runner'

export interface ForecastArguments extends NetworkArguments {
  /** Known rows [rows, inputSize]; rows ≥ 1. */
  history: Float32Array
  /** Rows to forecast. */
  steps: number
  /** Inputs of the forecast rows that are known beforehand, [steps, inputSize]; NaN: not known. */
  ahead?: Float32Array | undefined
  /** Input column i of a forecast row = its output column feedback[i]; -1: the last known value goes on. */
  feedback: number[]
  /** The output at row t speaks of row t + horizon. */
  horizon: number
}

/**
 * Forecasts the rows after a history, the network's own outputs standing in for what is not known yet.
 * With n known rows the output at row t is the prediction of row t + horizon, so the outputs at the last `horizon` known
 * rows already speak of the first `horizon` unknown ones: these are direct forecasts, no output is fed back. From then on
 * forecast row n + k is the output at row n + k − horizon, itself a forecast row: inputs by `feedback`. With horizon 1 that is
 * one direct forecast and recursion from the second on. When the history is shorter than the horizon, the forecasts that would
 * have to be read from rows before it are NaN, and go on as the last known value where they'd be fed back.
 * @returns fitted [rows, outputSize]: y_t at every known row (it predicts row t + horizon); forecast [steps, outputSize]
 * @throws UnrollError `input.invalid`, `shape.mismatch`; `experiment.mismatch` where outputs would be fed back to a network of two
 *         directions
 */
export async function forecast(backend: Backend, args: ForecastArguments, host: EngineHost = engineHost): Promise<{ fitted: Float32Array; forecast: Float32Array }> {
  const { inputSize, outputSize, history, steps, feedback, horizon, ahead } = args
  if (history.length < inputSize) throw new UnrollError('input.invalid', 'A forecast needs at least one known row.', { hint: 'Choose a longer history.' })
  if (feedback.length !== inputSize || feedback.some((column) => column >= outputSize)) {
    throw new UnrollError('input.invalid', `The feedback should name, for each of the ${inputSize} input columns, one of ${outputSize} output columns or -1.`)
  }
  if (steps > horizon) expectOneDirection(args.model, `A forecast of ${steps} steps with horizon ${horizon}`)
  return withNetwork(backend, args, 'values', async (runner) => {
    const breathe = breather(host)
    const fitted = (await runner.read(history, { hidden: false, breathe })).outputs
    const rows = history.length / inputSize
    const result = new Float32Array(steps * outputSize).fill(NaN)
    const lastKnown = history.subarray((rows - 1) * inputSize)
    for (let step = 0; step < steps; step++) {
      const from = rows + step - horizon
      let output: Float32Array
      if (from < rows) {
        if (from < 0) continue
        output = fitted.subarray(from * outputSize, (from + 1) * outputSize)
      } else {
        const row = (from - rows) * outputSize
        const known = (column: number) => (column < 0 || Number.isNaN(result[row + column]!) ? null : result[row + column]!)
        const given = (index: number) => {
          const value = ahead?.[(from - rows) * inputSize + index]
          return value === undefined || Number.isNaN(value) ? null : value
        }
        output = (await runner.read(Float32Array.from(feedback, (column, index) => known(column) ?? given(index) ?? lastKnown[index]!))).outputs
        await breathe()
      }
      result.set(output, step * outputSize)
    }
    return { fitted, forecast: result }
  })
}
