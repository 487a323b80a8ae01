/**
 * Lengths that batches of sequences are padded to. Few, since every one is a program of its own; chosen so that the least
 * is padded. Sequences are counted by their length: `counts[n]` of them have n steps.
 */

/** Beyond this many different lengths only every so many-th, by rank, is looked at as a bound. */
const mostCandidates = 192
/** A bound more is taken while it saves at least this share of the steps. */
const worthwhile = 0.02

/**
 * Ascending bounds, the last the longest length: bounds b_1 < … < b_K that bring Σ n_l · min{b : b ≥ l} down to its
 * minimum for their number (dynamic programming), K the smallest that one more would save less than 2% of the steps of.
 * @param most bounds at the most
 * @returns [] where there is no sequence
 */
export function bucketBounds(counts: ArrayLike<number>, most: number): number[] {
  const candidates = candidateBounds(counts)
  if (candidates.length === 0) return []
  // cumulative[i]: sequences of at most candidates[i − 1] steps.
  const cumulative = [0]
  for (let length = 0, next = 0, sum = 0; next < candidates.length; length++) {
    sum += counts[length]!
    if (length === candidates[next]) next = cumulative.push(sum) - 1
  }
  const cost = (from: number, to: number) => candidates[to - 1]! * (cumulative[to]! - cumulative[from]!)
  // costs[k][j]: steps of the shortest j candidates' sequences under k + 1 bounds; from[k][j]: where the last of them begins.
  const costs = [Float64Array.from(cumulative, (_, to) => (to === 0 ? 0 : cost(0, to)))]
  const from: Int32Array[] = [new Int32Array(cumulative.length)]
  const whole = costs[0]!.at(-1)!
  while (costs.length < Math.min(most, candidates.length)) {
    const before = costs.at(-1)!
    const [next, start] = [before.slice(), new Int32Array(cumulative.length)]
    for (let to = 1; to < next.length; to++) {
      start[to] = -1
      for (let split = 1; split < to; split++) {
        const total = before[split]! + cost(split, to)
        if (total < next[to]!) [next[to], start[to]] = [total, split]
      }
    }
    if (before.at(-1)! - next.at(-1)! < worthwhile * whole) break
    costs.push(next)
    from.push(start)
  }
  const bounds: number[] = []
  for (let level = costs.length - 1, to = candidates.length; to > 0 && level >= 0; level--) {
    const start = from[level]![to]!
    // −1: this level does no better than the one below.
    if (start < 0) continue
    bounds.push(candidates[to - 1]!)
    to = start
  }
  return bounds.reverse()
}

/** The lengths there are; of very many, evenly by rank among the sequences, and always the longest. */
function candidateBounds(counts: ArrayLike<number>): number[] {
  const present = Array.from({ length: counts.length }, (_, length) => length).filter((length) => counts[length]! > 0)
  if (present.length <= mostCandidates) return present
  const total = present.reduce((sum, length) => sum + counts[length]!, 0)
  const kept: number[] = []
  let sum = 0
  for (const length of present) {
    sum += counts[length]!
    if (sum >= (kept.length + 1) / mostCandidates * total || length === present.at(-1)) kept.push(length)
  }
  return kept
}

/** What a sequence is padded to. */
export const paddedTo = (bounds: readonly number[], length: number): number => bounds.find((bound) => bound >= length) ?? length

/**
 * Share of the steps computed that are padding, when each sequence is padded to its bound: 1 − Σ n_l l / Σ n_l b(l). With
 * the longest length as the only bound it is the share without buckets. A batch whose rows fall on two sides of a bound
 * adds a little.
 */
export function paddingShare(counts: ArrayLike<number>, bounds: readonly number[]): number {
  let [read, computed] = [0, 0]
  for (let length = 0; length < counts.length; length++) {
    read += counts[length]! * length
    computed += counts[length]! * paddedTo(bounds, length)
  }
  return computed === 0 ? 0 : 1 - read / computed
}

/** How many sequences there are of each length. */
export function countLengths(lengths: ArrayLike<number>): Float64Array {
  let longest = 0
  for (let index = 0; index < lengths.length; index++) longest = Math.max(longest, lengths[index]!)
  const counts = new Float64Array(longest + 1)
  for (let index = 0; index < lengths.length; index++) counts[lengths[index]!]!++
  return counts
}
