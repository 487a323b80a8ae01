/** Stands for every symbol that the training part doesn't have: U+FFFD, the replacement character. */
export const unknownSymbol = '\ufffd'

export type SymbolUnit = 'char' | 'word'

/** A sequence's symbols: its code points, or what stands between its spaces. */
export const symbolsOf = (sequence: string, unit: SymbolUnit): string[] =>
  unit === 'char' ? Array.from(sequence) : sequence.split(/\s+/u).filter((word) => word !== '')

/**
 * The symbols of the training part, sorted, after the unknown symbol, whose id is 0.
 * @param reserved symbols with ids before all others, such as the end of a sequence
 */
export function fitVocabulary(training: Iterable<readonly string[]>, reserved: readonly string[] = []): string[] {
  const symbols = new Set<string>()
  for (const sequence of training) for (const symbol of sequence) symbols.add(symbol)
  const first = [unknownSymbol, ...reserved]
  for (const symbol of first) symbols.delete(symbol)
  return [...first, ...[...symbols].sort(byCodePoints)]
}

/** Token ids by a vocabulary; 0 for what it doesn't have. */
export function encoder(vocabulary: readonly string[]): (symbols: readonly string[]) => Int32Array {
  const ids = new Map(vocabulary.map((symbol, id) => [symbol, id]))
  return (symbols) => Int32Array.from(symbols, (symbol) => ids.get(symbol) ?? 0)
}

/** As Python sorts strings; UTF-16 order differs past U+FFFF. */
function byCodePoints(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)]
  for (let at = 0; at < a.length && at < b.length; at++) {
    const difference = a[at]!.codePointAt(0)! - b[at]!.codePointAt(0)!
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
