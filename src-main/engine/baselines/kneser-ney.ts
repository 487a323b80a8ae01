import { absent, NgramTree } from './ngram-tree'

/** What is taken off counts of one, two, and three or more. */
type Discounts = readonly [one: number, two: number, more: number]

/** Counts of one kind as discounted: what each context has in all, and what its children give up. */
interface Level { counts: Uint32Array; discounts: Discounts[]; total: Float64Array; given: Float64Array }

const usual: Discounts = [0.5, 0.75, 0.9]

/**
 * Interpolated Kneser–Ney smoothing with three discounts an order, for all orders up to the tree's at once.
 *   p_N(w|h) = max(c(hw) − D(c(hw)), 0) / c(h·) + γ(h) p'_{N−1}(w|h'),   γ(h) = Σ_w D(c(hw)) / c(h·)
 * p' is alike, with c(hw) the number of different symbols before hw; p'_0(w) = 1/V. An order's discounts are
 *   D(j) = j − (j + 1) Y n_{j+1} / n_j,   Y = n_1 / (n_1 + 2 n_2),   n_j: n-grams counted j times
 * @see Kneser & Ney 1995; Chen & Goodman 1999, section 3
 */
export class KneserNey {
  private readonly raw: Level
  private readonly lower: Level
  private readonly firstChild: Int32Array
  private readonly nextSibling: Int32Array
  private readonly found: Int32Array

  /** @param tree counted; what is added to it later isn't known here   @param vocabulary V */
  constructor(private readonly tree: NgramTree, private readonly vocabulary: number) {
    this.raw = levelOf(tree, tree.count)
    this.lower = levelOf(tree, tree.continuations)
    this.found = new Int32Array(tree.order)
    this.firstChild = new Int32Array(tree.nodes)
    this.nextSibling = new Int32Array(tree.nodes)
    for (let node = tree.nodes - 1; node >= 1; node--) {
      this.nextSibling[node] = this.firstChild[tree.parent[node]!]!
      this.firstChild[tree.parent[node]!] = node
    }
  }

  /**
   * ln p_N of one symbol for N = 1 … order.
   * @param contexts nodes of the last 0 … order − 1 symbols, `absent` where they weren't seen   @param into [order]
   */
  logProbabilities(contexts: Int32Array, symbol: number, into: Float64Array): void {
    let lower = 1 / this.vocabulary
    for (let n = 1; n <= this.tree.order; n++) {
      const context = contexts[n - 1]!
      const node = context === absent ? absent : this.tree.find(context, symbol)
      into[n - 1] = Math.log(interpolated(this.raw, context, node, n, lower))
      lower = interpolated(this.lower, context, node, n, lower)
    }
  }

  /** p_N of all symbols, into `into` [vocabulary]. */
  distribution(contexts: Int32Array, order: number, into: Float64Array): void {
    into.fill(1 / this.vocabulary)
    for (let n = 1; n <= order; n++) {
      const context = contexts[n - 1]!
      const level = n === order ? this.raw : this.lower
      const total = context === absent ? 0 : level.total[context]!
      if (total === 0) continue
      const kept = level.given[context]! / total
      for (let id = 0; id < this.vocabulary; id++) into[id]! *= kept
      for (let node = this.firstChild[context]!; node !== 0; node = this.nextSibling[node]!) {
        into[this.tree.symbol[node]!]! += discounted(level, node, n) / total
      }
    }
  }

  /** `logProbabilities` of one symbol, then `advance` by it: what the one has found the other needs. */
  read(contexts: Int32Array, symbol: number, into: Float64Array): void {
    const { tree: { order }, found } = this
    let lower = 1 / this.vocabulary
    for (let n = 1; n <= order; n++) {
      const context = contexts[n - 1]!
      const node = context === absent ? absent : this.known(context, symbol)
      into[n - 1] = Math.log(interpolated(this.raw, context, node, n, lower))
      lower = interpolated(this.lower, context, node, n, lower)
      found[n - 1] = node
    }
    for (let length = order - 1; length >= 1; length--) contexts[length] = found[length - 1]!
  }

  /** The contexts after one more symbol, in place. */
  advance(contexts: Int32Array, symbol: number): void {
    for (let length = contexts.length - 1; length >= 1; length--) {
      contexts[length] = contexts[length - 1] === absent ? absent : this.known(contexts[length - 1]!, symbol)
    }
  }

  /** Those of an empty history. */
  start(): Int32Array {
    const contexts = new Int32Array(this.tree.order).fill(absent)
    contexts[0] = 0
    return contexts
  }

  private known(context: number, symbol: number): number {
    const node = this.tree.find(context, symbol)
    return node < this.firstChild.length ? node : absent
  }
}

function interpolated(level: Level, context: number, node: number, order: number, lower: number): number {
  const total = context === absent ? 0 : level.total[context]!
  if (total === 0) return lower
  return ((node === absent ? 0 : discounted(level, node, order)) + level.given[context]! * lower) / total
}

const discounted = ({ counts, discounts }: Level, node: number, order: number): number => {
  const count = counts[node]!
  return count === 0 ? 0 : count - discounts[order]![Math.min(count, 3) - 1]!
}

function levelOf(tree: NgramTree, counts: Uint32Array): Level {
  const discounts = discountsOf(tree, counts)
  const [total, given] = [new Float64Array(tree.nodes), new Float64Array(tree.nodes)]
  for (let node = 1; node < tree.nodes; node++) {
    const count = counts[node]!
    if (count === 0) continue
    const context = tree.parent[node]!
    total[context]! += count
    given[context]! += discounts[tree.length[node]!]![Math.min(count, 3) - 1]!
  }
  return { counts, discounts, total, given }
}

/** By order; where too few n-grams are rare to tell, what is usual. */
function discountsOf(tree: NgramTree, counts: Uint32Array): Discounts[] {
  const rare = Array.from({ length: tree.order + 1 }, () => [0, 0, 0, 0, 0])
  for (let node = 1; node < tree.nodes; node++) if (counts[node]! <= 4) rare[tree.length[node]!]![counts[node]!]!++
  return rare.map(([, n1, n2, n3, n4]) => {
    if (!n1 || !n2 || !n3 || !n4) return usual
    const y = n1 / (n1 + 2 * n2)
    const found: Discounts = [1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3]
    return found.every((discount, index) => discount > 0 && discount < index + 1) ? found : usual
  })
}
