import type { Classified } from '@shared/rpc/schemas'

export interface RankedClass { name: string; index: number; probability: number }

/** Classes by their probability after the last symbol, the likeliest first. */
export function ranked({ classes, symbols, probabilities }: Classified): RankedClass[] {
  const last = probabilities.subarray((symbols.length - 1) * classes.length)
  return classes.map((name, index) => ({ name, index, probability: last[index]! })).sort((a, b) => b.probability - a.probability)
}

/**
 * The probabilities of the classes that lead at some step, [classes, symbols]; the likeliest at the end first.
 * @param most rows at most
 */
export function readingMatrix(answer: Classified, most: number): { rows: string[]; columns: string[]; values: Float32Array } {
  const { classes, symbols, probabilities } = answer
  const peak = (index: number) => symbols.reduce((largest, _, step) => Math.max(largest, probabilities[step * classes.length + index]!), 0)
  const order = ranked(answer)
  const kept = new Set([...order].sort((a, b) => peak(b.index) - peak(a.index)).slice(0, most).map(({ index }) => index))
  const rows = order.filter(({ index }) => kept.has(index))
  const values = Float32Array.from(rows.flatMap(({ index }) => symbols.map((_, step) => probabilities[step * classes.length + index]!)))
  return { rows: rows.map(({ name }) => name), columns: symbols, values }
}
