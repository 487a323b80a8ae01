import type { DataSpec } from '@shared/experiment/schema'
import { byteSymbols } from './byte-tokens'
import { transformText } from './transform'
import { wordsOf } from './word-rule'

/** How what a user writes becomes symbols, and symbols become what a user reads. */
export interface SymbolCodec {
  split(text: string): string[]
  join(symbols: readonly string[]): string
}

/** As the text was read that the network learned from: its unit, its lower case, its normal form. */
export function textSymbols(spec: Extract<DataSpec, { kind: 'text' }>): SymbolCodec {
  switch (spec.unit) {
    case 'char': return { split: (text) => Array.from(transformText(text, spec)), join: together }
    case 'word': return { split: (text) => wordsOf(transformText(text, spec)), join: together }
    case 'byte': return {
      split: (text) => Array.from(Buffer.from(text), (byte) => byteSymbols[byte]!),
      // What isn't UTF-8 shows as U+FFFD.
      join: (symbols) => Buffer.from(symbols.map((symbol) => byteSymbols.indexOf(symbol))).toString(),
    }
  }
}

const together = (symbols: readonly string[]): string => symbols.join('')
