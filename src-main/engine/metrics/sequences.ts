/**
 * Levenshtein distance: the fewest insertions, deletions and replacements of one symbol that make one sequence the other.
 *   D(i,j) = min(D(i−1,j) + 1, D(i,j−1) + 1, D(i−1,j−1) + [a_i ≠ b_j])
 * Two rows of the table are kept: O(|a|·|b|) time, O(|b|) memory.
 * @see Levenshtein 1966; Wagner & Fischer 1974
 */
export function editDistance(left: ArrayLike<unknown>, right: ArrayLike<unknown>): number {
  let before = Uint32Array.from({ length: right.length + 1 }, (_, column) => column)
  let row = new Uint32Array(right.length + 1)
  for (let i = 1; i <= left.length; i++) {
    row[0] = i
    for (let j = 1; j <= right.length; j++) {
      const replaced = before[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1)
      row[j] = Math.min(before[j]! + 1, row[j - 1]! + 1, replaced)
    }
    [before, row] = [row, before]
  }
  return before[right.length]!
}

/** Whether two sequences are the same, symbol by symbol. */
export function sameSequence(left: ArrayLike<unknown>, right: ArrayLike<unknown>): boolean {
  if (left.length !== right.length) return false
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false
  return true
}

/**
 * Share of sequences given exactly, mean edit distance, and that distance by the expected symbols (the character or word
 * error rate:  Σ D / Σ |expected|).
 * @param pairs at least one
 */
export function sequenceScores(pairs: Iterable<{ expected: ArrayLike<unknown>; given: ArrayLike<unknown> }>): { exactMatch: number; editDistance: number; errorRate: number } {
  let [count, exact, distance, symbols] = [0, 0, 0, 0]
  for (const { expected, given } of pairs) {
    count++
    symbols += expected.length
    if (sameSequence(expected, given)) exact++
    else distance += editDistance(expected, given)
  }
  return { exactMatch: exact / count, editDistance: distance / count, errorRate: distance / symbols }
}
