import { UnrollError } from '@shared/errors'
import type { Random } from '../random'

/** Token ids of the grammar's symbols are their places here. */
export const reberSymbols = ['B', 'T', 'S', 'X', 'P', 'V', 'E'] as const

const idOf = (symbol: (typeof reberSymbols)[number]): number => reberSymbols.indexOf(symbol)
const [B, T, S, X, P, V, E] = reberSymbols.map(idOf) as [number, number, number, number, number, number, number]

/** Fewest symbols of an embedded string: B T | B T X S E | T E, and B T X S is four. */
const shortest = 9

/**
 * The Reber grammar's graph: from each node two edges of equal chance, a symbol and the node it leads to. Node 5 is its end,
 * where E follows. A string starts with B, which leads to node 0.
 * @see Reber 1967, figure 1
 */
const graph: readonly (readonly [symbol: number, node: number][])[] = [
  [[T, 1], [P, 2]],
  [[S, 1], [X, 3]],
  [[T, 2], [V, 4]],
  [[X, 2], [S, 5]],
  [[P, 3], [V, 5]],
]
const end = graph.length

/**
 * One string of the embedded Reber grammar, drawn again until it has at most `longest` symbols:
 *   B T (a Reber string) T E   or   B P (a Reber string) P E
 * so that the last symbol but one is that of the second step, however long the string between them.
 * @returns token ids, places in `reberSymbols`
 * @throws UnrollError `dataset.too-short` when no string is as short as `longest`
 * @see Cleeremans, Servan-Schreiber & McClelland 1989; Hochreiter & Schmidhuber 1997, experiment 1
 */
export function reberString(random: Random, longest: number): Int32Array {
  if (longest < shortest) {
    throw new UnrollError('dataset.too-short', `The shortest string of the embedded Reber grammar has ${shortest} symbols; data.steps is ${longest}.`, { hint: `Set data.steps to ${shortest} or more; 50 leaves out three strings in a million.`, where: { parameter: 'data.steps' } })
  }
  for (;;) {
    const branch = random.below(2) === 0 ? T : P
    const string = [B, branch, B]
    let node = 0
    while (node !== end && string.length <= longest) {
      const [symbol, next] = graph[node]![random.below(2)]!
      string.push(symbol)
      node = next
    }
    string.push(E, branch, E)
    if (node === end && string.length <= longest) return Int32Array.from(string)
  }
}

/** Where in the grammar a string stands: before its first and second symbol, inside the embedded string, and past it. */
interface Place {
  at: 'start' | 'branch' | 'opening' | 'inner' | 'closing' | 'last' | 'done'
  /** The second symbol, which must come again. */
  branch: number
  /** Of the graph, while inside. */
  node: number
}

const start: Place = { at: 'start', branch: -1, node: 0 }

/**
 * The symbols that may come next in a string of the embedded Reber grammar.
 * @param prefix token ids from the string's start
 * @returns ids, ascending; empty after a whole string
 * @throws UnrollError `input.invalid` with the position, from 1, of the first symbol that may not stand there
 */
export function legalNext(prefix: ArrayLike<number>): number[] {
  let place = start
  for (let index = 0; index < prefix.length; index++) place = advance(place, prefix[index]!, index)
  return symbolsAt(place)
}

/**
 * `legalNext` after every step of one string: element t holds what may follow its first t + 1 symbols.
 * @throws UnrollError `input.invalid` as `legalNext`
 */
export function legalAfter(string: ArrayLike<number>): number[][] {
  let place = start
  return Array.from(string, (symbol, index) => symbolsAt(place = advance(place, symbol, index)))
}

function symbolsAt({ at, branch, node }: Place): number[] {
  switch (at) {
    case 'start': case 'opening': return [B]
    case 'branch': return [T, P]
    case 'inner': return node === end ? [E] : graph[node]!.map(([symbol]) => symbol).sort((a, b) => a - b)
    case 'closing': return [branch]
    case 'last': return [E]
    case 'done': return []
  }
}

function advance(place: Place, symbol: number, index: number): Place {
  const legal = symbolsAt(place)
  if (!legal.includes(symbol)) {
    const expected = legal.map((id) => reberSymbols[id]).join(' or ') || 'no further symbol'
    throw new UnrollError('input.invalid', `Symbol ${index + 1} should be ${expected} by the embedded Reber grammar but is ${reberSymbols[symbol] ?? symbol}.`, { where: { column: index + 1 } })
  }
  switch (place.at) {
    case 'start': return { ...place, at: 'branch' }
    case 'branch': return { ...place, at: 'opening', branch: symbol }
    case 'opening': return { ...place, at: 'inner' }
    case 'inner': return place.node === end ? { ...place, at: 'closing' } : { ...place, node: graph[place.node]!.find(([edge]) => edge === symbol)![1] }
    case 'closing': return { ...place, at: 'last' }
    default: return { ...place, at: 'done' }
  }
}
