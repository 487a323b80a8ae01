import type { TokenIds } from '../training/prepared-data'

/** No such node. */
export const absent = -1

/**
 * The n-grams of a stream as a tree: a node stands for the symbols on the way to it from the root (node 0), its children for
 * what followed them. A node is found by its parent and its last symbol, in one hash table with open addressing.
 */
export class NgramTree {
  nodes = 1
  parent = new Int32Array(1024)
  symbol = new Int32Array(1024)
  /** How often the n-gram occurs. */
  count = new Uint32Array(1024)
  /** Before how many different symbols' right side it occurs: N1+(• w_1 … w_n). */
  continuations = new Uint32Array(1024)
  /** Length of the n-gram. */
  length = new Uint8Array(1024)
  private slots = new Int32Array(4096)
  /** Nodes of the last 0 … order − 1 symbols counted. */
  private readonly tail: Int32Array

  /** @param order symbols of the longest n-grams */
  constructor(readonly order: number) {
    this.tail = new Int32Array(order).fill(absent)
    this.tail[0] = 0
  }

  /**
   * The tree of a whole stream, the same as by `add` symbol by symbol but for the nodes' numbers, several times as fast: the
   * n-grams as numbers of base V + 1, sorted, stand in the tree's own order.
   */
  static of(symbols: TokenIds, order: number, vocabulary: number): NgramTree {
    const tree = new NgramTree(order)
    if ((vocabulary + 1) ** order < 2 ** 53) tree.addSorted(sortedNgrams(symbols, order, vocabulary + 1), vocabulary + 1)
    else for (const symbol of symbols) tree.add(symbol)
    // As after adding the last symbol.
    for (let length = 1; length < order && length <= symbols.length; length++) {
      let node = 0
      for (let at = symbols.length - length; at < symbols.length; at++) node = tree.find(node, symbols[at]!)
      tree.tail[length] = node
    }
    return tree
  }

  /** @param sorted n-grams of `order` digits, those at the end of the stream with zeros behind */
  private addSorted(sorted: Float64Array, base: number): void {
    const { order } = this
    const path = new Int32Array(order + 1)
    const [digits, before] = [new Int32Array(order), new Int32Array(order).fill(-1)]
    for (let from = 0, to = 0; from < sorted.length; from = to) {
      const key = sorted[from]!
      while (to < sorted.length && sorted[to] === key) to++
      for (let place = order - 1, rest = key; place >= 0; place--) {
        const left = Math.floor(rest / base)
        digits[place] = rest - left * base
        rest = left
      }
      let shared = true
      for (let length = 1; length <= order && digits[length - 1]! > 0; length++) {
        shared &&= digits[length - 1] === before[length - 1]
        if (!shared) path[length] = this.make(path[length - 1]!, digits[length - 1]! - 1)
        this.count[path[length]!]! += to - from
      }
      before.set(digits)
    }
    // What remains of an n-gram without its first symbol has it as a left neighbour.
    const rest = new Int32Array(this.nodes)
    for (let node = 1; node < this.nodes; node++) {
      if (this.length[node] === 1) continue
      rest[node] = this.find(rest[this.parent[node]!]!, this.symbol[node]!)
      this.continuations[rest[node]!]!++
    }
  }

  /** Counts all n-grams that end at one more symbol of the stream. */
  add(symbol: number): void {
    const { tail, order } = this
    // From the longest on: the node of n − 1 symbols before this one is read before it is replaced.
    let longer = absent
    for (let length = order; length >= 1; length--) {
      const context = tail[length - 1]!
      if (context === absent) continue
      const known = this.nodes
      const node = this.findOrMake(context, symbol)
      this.count[node]!++
      // A new n-gram is a new left neighbour of what remains of it without its first symbol.
      if (longer !== absent) this.continuations[node]!++
      longer = node >= known ? node : absent
      if (length < order) tail[length] = node
    }
  }

  /** The child of a node, or `absent`. */
  find(parent: number, symbol: number): number {
    const mask = this.slots.length - 1
    for (let slot = hash(parent, symbol) & mask; ; slot = (slot + 1) & mask) {
      const node = this.slots[slot]!
      if (node === 0) return absent
      if (this.symbol[node] === symbol && this.parent[node] === parent) return node
    }
  }

  private findOrMake(parent: number, symbol: number): number {
    const found = this.find(parent, symbol)
    return found === absent ? this.make(parent, symbol) : found
  }

  private make(parent: number, symbol: number): number {
    if (this.nodes === this.parent.length) this.grow()
    const node = this.nodes++
    this.parent[node] = parent
    this.symbol[node] = symbol
    this.length[node] = this.length[parent]! + 1
    this.place(node)
    return node
  }

  private place(node: number): void {
    const mask = this.slots.length - 1
    let slot = hash(this.parent[node]!, this.symbol[node]!) & mask
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask
    this.slots[slot] = node
  }

  private grow(): void {
    const size = this.parent.length * 2
    this.parent = copied(new Int32Array(size), this.parent)
    this.symbol = copied(new Int32Array(size), this.symbol)
    this.count = copied(new Uint32Array(size), this.count)
    this.continuations = copied(new Uint32Array(size), this.continuations)
    this.length = copied(new Uint8Array(size), this.length)
    // At most half full, so that a search is short.
    this.slots = new Int32Array(size * 4)
    for (let node = 1; node < this.nodes; node++) this.place(node)
  }
}

/** The n-gram that begins at each place, as a number whose first digit is its first symbol + 1; sorted. */
function sortedNgrams(symbols: TokenIds, order: number, base: number): Float64Array {
  const keys = new Float64Array(symbols.length)
  const highest = base ** (order - 1)
  let key = 0
  for (let at = symbols.length - 1; at >= 0; at--) {
    key = Math.floor(key / base) + (symbols[at]! + 1) * highest
    keys[at] = key
  }
  return keys.sort()
}

function copied<A extends Int32Array | Uint32Array | Uint8Array>(into: A, from: A): A {
  into.set(from)
  return into
}

/** Murmur3's finaliser over both numbers. */
function hash(parent: number, symbol: number): number {
  let word = Math.imul(parent, 0x9e3779b1) ^ Math.imul(symbol + 1, 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d)
  return (word ^ (word >>> 13)) >>> 0
}
