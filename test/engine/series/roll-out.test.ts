import { describe, expect, it } from 'vitest'
import type { ModelSpec } from '@shared/experiment/schema'
import { forecast } from '@main/engine/generate/forecast'
import { initialWeights } from '@main/engine/initializers/initial-weights'
import { Random } from '@main/engine/random'
import { inputRow, leadOf, targetLeadOf, valueFrom, type SeriesRecipe } from '@main/engine/series/recipe'
import { logOf, targetLags } from '@main/engine/series/transforms'
import { createOracleBackend } from '../oracle/oracle-backend'

const backend = createOracleBackend()
const model: ModelSpec = { cell: 'rnn', activation: 'tanh', hiddenSize: 5, layers: 1, bidirectional: false, dropout: 0, inputDropout: 0, embeddingSize: null, attention: false, init: 'default', forgetBias: 0 }

describe('a forecast of a transformed series', () => {
  const rows = 40
  const values = [
    Array.from({ length: rows }, (_, row) => 50 + row + 9 * Math.sin(row)), // input and target
    Array.from({ length: rows }, (_, row) => 3 + row % 5), // input alone: its last value goes on
  ]
  const steps = 6

  it.each([[1, [1], [2]], [1, [1, 7], []], [3, [1], [1, 5]], [4, [], [3]], [9, [1, 7], [2]]] as const)('horizon %i, differences %j, lags %j: each value is the one that is read from the series with those before it in it', async (horizon, difference, lags) => {
    const recipe: SeriesRecipe = {
      horizon, lags: [...lags],
      inputs: [{ log: 'log', lags: [...difference], offset: 0.2, scale: 0.7 }, { log: 'none', lags: [...difference], offset: 2, scale: 1.5 }],
      targets: [{ log: 'log', lags: targetLags(difference, horizon), offset: 0.05, scale: 0.3, column: 0 }],
    }
    const width = 2 * (1 + lags.length)
    const args = { model, inputSize: width, outputSize: 1, weights: initialWeights(model, width, 1, new Random(3)), feedback: [], horizon }
    const logged = (lists: readonly (readonly number[])[]) => [Float64Array.from(lists[0]!, (value) => logOf('log', value)), Float64Array.from(lists[1]!)]
    const lead = Math.max(leadOf(recipe), targetLeadOf(recipe) - horizon)
    const inputsOf = (lists: readonly (readonly number[])[]) => {
      const [columns, count] = [logged(lists), lists[0]!.length]
      const matrix = new Float32Array((count - lead) * width)
      for (let row = lead; row < count; row++) inputRow(recipe, columns, row, matrix, (row - lead) * width)
      return matrix
    }
    const found = await forecast(backend, { ...args, steps, history: inputsOf(values), recipe, known: logged(values) })

    // The slow and plain way: every forecast written into the series, everything read anew, and the output of the row needed undone.
    const grown = values.map((list) => [...list])
    for (let step = 0; step < steps; step++) {
      const { fitted } = await forecast(backend, { ...args, steps: 1, history: inputsOf(grown), recipe, known: logged(grown) })
      const output = fitted[rows + step - horizon - lead]!
      const value = valueFrom(recipe.targets[0]!, logged([[...grown[0]!, NaN], [...grown[1]!, NaN]])[0]!, rows + step, output)
      expect(Math.abs(found.values![step]! / value - 1)).toBeLessThan(1e-5)
      grown[0]!.push(value)
      grown[1]!.push(values[1]!.at(-1)!)
    }
  })
})
