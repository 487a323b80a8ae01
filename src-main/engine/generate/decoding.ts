export interface DecodedSequence extends Hypothesised {
  /** With a beam the other sequences that ended within it, best first; none when greedy. */
  others: Hypothesised[]
}

export interface Hypothesised {
  /** Without the end token. */
  tokens: Int32Array
  /** Σ ln p of the tokens, the end token's included. */
  logProbability: number
  /** Whether the end token was given; false: broken off. */
  ended: boolean
  /** How much each token (the end token last) read each source step, [tokens, source length]; null without attention. */
  attention: { rows: number; columns: number; weights: Float32Array } | null
}

/** Sources as the encoder reads them, [steps, batch]; rows without one have length 0. */
export function laidOut(sources: readonly Int32Array[], steps: number, batch: number): [Int32Array, Int32Array] {
  const [x, lengths] = [new Int32Array(steps * batch), new Int32Array(batch)]
  for (const [row, source] of sources.entries()) {
    lengths[row] = source.length
    source.forEach((token, step) => { x[step * batch + row] = token })
  }
  return [x, lengths]
}

export function attentionOf(rows: readonly Float32Array[], columns: number): DecodedSequence['attention'] {
  if (rows.length === 0) return null
  const weights = new Float32Array(rows.length * columns)
  for (const [index, row] of rows.entries()) weights.set(row, index * columns)
  return { rows: rows.length, columns, weights }
}

/** The largest logit; the first of equals. */
export function likeliest(logits: ArrayLike<number>): number {
  let best = 0
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[best]!) best = token
  return best
}

/** ln softmax(logits). */
export function logProbabilities(logits: Float32Array): Float64Array {
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity)
  const logSum = largest + Math.log(logits.reduce((sum, value) => sum + Math.exp(value - largest), 0))
  return Float64Array.from(logits, (value) => value - logSum)
}
