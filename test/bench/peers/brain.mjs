// brain.js: its recurrent networks over time steps. It trains one sequence at a time, on squared errors, and clips each number
// rather than the norm; a batch is as many sequences. One sequence is timed, and counted as often as the batch has rows.
import { createRequire } from 'node:module'
import { answer, numbers } from './worker.mjs'

const require = createRequire(import.meta.url)
const brain = require('brain.js')
const { version } = require('brain.js/package.json')

await answer(async ({ cell, hidden, input, batch, steps, layers }) => {
  const Network = { rnn: brain.recurrent.RNNTimeStep, gru: brain.recurrent.GRUTimeStep, lstm: brain.recurrent.LSTMTimeStep }[cell]
  const network = new Network({ inputSize: input, hiddenLayers: new Array(layers).fill(hidden), outputSize: input })
  const values = numbers(input * (steps + 1))
  const sequence = Array.from({ length: steps + 1 }, (_, step) => Array.from(values.subarray(step * input, (step + 1) * input)))
  return {
    about: `brain.js ${version}, JavaScript`,
    share: batch,
    step() { network.train([sequence], { iterations: 1, learningRate: 0.001, errorThresh: 0 }) },
  }
})
