import type { Corpus } from './corpus'

/** What a unit may stand for, at each step, once the step has been read. */
export type FeatureSpec =
  /** 1 where the symbol is of this class. */
  | { kind: 'class'; of: CharacterClass }
  /** 1 where it is this symbol. */
  | { kind: 'symbol'; symbol: string }
  /** How many of `open` are not yet closed by one of `close`; never below 0. */
  | { kind: 'depth'; open: string; close: string }
  /** 1 from `open` on until `close`; a quote opens and closes with the same symbol. */
  | { kind: 'inside'; open: string; close: string }
  /** Steps since the sequence began, the first one 0. */
  | { kind: 'position' }
  /** Steps since the symbol was read, or since the sequence began. */
  | { kind: 'since'; symbol: string }
  /** Numbers of the user's or of the data, one a step; NaN where there is none. */
  | { kind: 'numbers'; name: string; values: Float32Array }
  /** Classes, one a step; −1 where there is none. */
  | { kind: 'classes'; name: string; ids: Int32Array; names: readonly string[] }

export type CharacterClass = 'letter' | 'vowel' | 'consonant' | 'upper' | 'lower' | 'digit' | 'space' | 'newline' | 'punctuation'

/** A feature over a whole corpus. Numbers of classes are ids. */
export interface Feature {
  name: string
  /** Numeric, yes or no (0, 1), or one of `classes`. */
  kind: 'numeric' | 'binary' | 'classes'
  /** [steps]; NaN where it isn't known. */
  values: Float32Array
  classes: readonly string[] | null
}

const tests: Record<CharacterClass, RegExp> = {
  letter: /^\p{L}/u, vowel: /^[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœ]/iu, consonant: /^(?![aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿœ])\p{L}/iu,
  upper: /^\p{Lu}/u, lower: /^\p{Ll}/u, digit: /^\p{Nd}/u, space: /^\s/u, newline: /^[\n\r]/u, punctuation: /^[\p{P}\p{S}]/u,
}

/**
 * A feature at every step of a corpus.
 * @param symbols what each token id stands for; null where the corpus isn't of symbols, and only position and numbers can be had
 */
export function featureOf(corpus: Corpus, symbols: readonly string[] | null, spec: FeatureSpec): Feature {
  const { steps } = corpus
  switch (spec.kind) {
    case 'class': return binary(spec.of, ofSymbols(corpus, symbols, (symbol) => tests[spec.of].test(symbol)))
    case 'symbol': return binary(nameOf(spec.symbol), ofSymbols(corpus, symbols, (symbol) => symbol === spec.symbol))
    case 'depth': {
      const moves = ofSymbols(corpus, symbols, (symbol) => ([...spec.open].includes(symbol) ? 1 : [...spec.close].includes(symbol) ? -1 : 0))
      return numeric(`depth of ${spec.open}${spec.close}`, scanned(corpus, (depth, step) => Math.max(0, depth + moves[step]!)))
    }
    case 'inside': {
      const [opens, closes] = [ofSymbols(corpus, symbols, (symbol) => symbol === spec.open), ofSymbols(corpus, symbols, (symbol) => symbol === spec.close)]
      const name = spec.open === spec.close ? `inside ${spec.open}…${spec.close}` : `between ${spec.open} and ${spec.close}`
      return binary(name, scanned(corpus, (inside, step) => (inside === 0 ? opens[step]! : closes[step]! > 0 ? 0 : 1)))
    }
    case 'position': return numeric('position', scanned(corpus, (position) => position + 1, -1))
    case 'since': {
      const here = ofSymbols(corpus, symbols, (symbol) => symbol === spec.symbol)
      return numeric(`steps since ${nameOf(spec.symbol)}`, scanned(corpus, (since, step) => (here[step]! > 0 ? 0 : since + 1), -1))
    }
    case 'numbers': return numeric(spec.name, padded(spec.values, steps))
    case 'classes': return { name: spec.name, kind: 'classes', values: Float32Array.from({ length: steps }, (_, step) => ((spec.ids[step] ?? -1) < 0 ? NaN : spec.ids[step]!)), classes: spec.names }
  }
}

const binary = (name: string, values: Float32Array): Feature => ({ name, kind: 'binary', values, classes: null })
const numeric = (name: string, values: Float32Array): Feature => ({ name, kind: 'numeric', values, classes: null })
const nameOf = (symbol: string): string => (symbol === '\n' ? 'newline' : symbol === ' ' ? 'a space' : symbol)

/** A number for each step by its symbol; each symbol is asked about once. */
function ofSymbols({ x, steps, kind }: Corpus, symbols: readonly string[] | null, of: (symbol: string) => number | boolean): Float32Array {
  if (symbols === null || kind === 'values') return new Float32Array(steps).fill(NaN)
  const byToken = Float32Array.from(symbols, (symbol) => Number(of(symbol)))
  return Float32Array.from({ length: steps }, (_, step) => byToken[x[step]!] ?? NaN)
}

/** A running value that begins anew with each sequence. */
function scanned({ steps, starts }: Corpus, next: (value: number, step: number) => number, first = 0): Float32Array {
  const values = new Float32Array(steps)
  for (const [index, from] of starts.entries()) {
    let value = first
    for (let step = from; step < (starts[index + 1] ?? steps); step++) values[step] = value = next(value, step)
  }
  return values
}

function padded(values: Float32Array, steps: number): Float32Array {
  const own = new Float32Array(steps).fill(NaN)
  own.set(values.subarray(0, steps))
  return own
}

/** The feature as columns of numbers: itself, or one of 0 and 1 for each class. */
export function columnsOf(feature: Feature): { name: string; values: Float32Array }[] {
  if (feature.classes === null) return [{ name: feature.name, values: feature.values }]
  return feature.classes.map((name, id) => ({ name: `${feature.name} = ${name}`, values: feature.values.map((value) => (Number.isNaN(value) ? NaN : Number(value === id))) }))
}

/**
 * A feature of few classes: those that don't occur are left out, and beyond `most` the rarest are one class, "other".
 * Anything else stays as it is.
 */
export function fewClasses(feature: Feature, most = 40): Feature {
  if (feature.classes === null) return feature
  const counts = new Map<number, number>()
  for (const id of feature.values) if (!Number.isNaN(id)) counts.set(id, (counts.get(id) ?? 0) + 1)
  const known = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!)
  const kept = (known.length > most ? known.slice(0, most - 1) : known).sort((a, b) => a - b)
  const place = new Map(kept.map((id, at) => [id, at]))
  return {
    ...feature, classes: [...kept.map((id) => feature.classes![id] ?? String(id)), ...(known.length > most ? [`other (${known.length - kept.length})`] : [])],
    values: feature.values.map((id) => (Number.isNaN(id) ? NaN : place.get(id) ?? kept.length)),
  }
}
