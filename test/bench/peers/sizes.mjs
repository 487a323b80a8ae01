/** The rows of `unroll bench`. */
export const sizes = ['rnn', 'gru', 'lstm'].flatMap((cell) => [
  { cell, hidden: 32, input: 32, batch: 16, steps: 32, layers: 1 },
  { cell, hidden: 128, input: 64, batch: 32, steps: 64, layers: 1 },
  { cell, hidden: 256, input: 64, batch: 32, steps: 64, layers: 1 },
  { cell, hidden: 512, input: 128, batch: 32, steps: 64, layers: 1 },
])

export const nameOf = ({ cell, hidden }) => `${cell}:${hidden}`

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export const geometricMean = (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
