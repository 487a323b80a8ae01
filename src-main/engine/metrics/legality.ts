import { legalAfter } from '../tasks/reber-grammar'

/**
 * How well next symbols of the embedded Reber grammar are known: the share of steps whose most probable symbol may come
 * next, and the share of strings in which all do. The second is 1 only for a network that has kept the second symbol
 * through the whole inner string.
 * @param strings  each string's input tokens (`x` up to its length)
 * @param answers  the most probable class of each of its steps
 * @see Gers, Schmidhuber & Cummins 2000, section 4 (a string counts when every prediction is right)
 */
export function legality(strings: Iterable<{ tokens: ArrayLike<number>; answers: ArrayLike<number> }>): { steps: number; strings: number } {
  let [steps, legalSteps, count, legalStrings] = [0, 0, 0, 0]
  for (const { tokens, answers } of strings) {
    const legal = legalAfter(tokens)
    const right = legal.filter((symbols, step) => symbols.includes(answers[step]!)).length
    steps += legal.length
    legalSteps += right
    count++
    if (right === legal.length) legalStrings++
  }
  return { steps: legalSteps / steps, strings: legalStrings / count }
}
