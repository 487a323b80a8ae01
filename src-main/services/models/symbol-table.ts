import { UnrollError } from '@shared/errors'
import { symbolsOf, type SymbolUnit } from '../../data/records/symbols'
import type { SymbolCodec } from '../../data/text/text-symbols'

/**
 * Symbols and their token ids: vocabulary.json. What a symbol is, the codec knows. An open table has a place for symbols it
 * doesn't know, id 0.
 */
export class SymbolTable {
  private readonly ids: Map<string, number>

  constructor(readonly symbols: readonly string[], private readonly codec: SymbolCodec = recordSymbols('char'), private readonly open = false) {
    this.ids = new Map(symbols.map((symbol, id) => [symbol, id]))
  }

  get size(): number { return this.symbols.length }

  /** The symbols of a text, one a step. */
  split(text: string): string[] { return this.codec.split(text) }

  /** @throws UnrollError `prompt.unknown-symbol` naming the character and its position, counted from 1 */
  encode(text: string): Int32Array {
    return Int32Array.from(this.split(text), (character, at) => {
      const id = this.ids.get(character) ?? (this.open ? 0 : undefined)
      if (id !== undefined) return id
      const codePoint = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
      throw new UnrollError('prompt.unknown-symbol', `Character ${at + 1} of the text, ${JSON.stringify(character)} (U+${codePoint}), doesn't occur in the text the network was trained on.`, {
        hint: `Use only its ${this.size} characters: ${this.excerpt()}`, where: { column: at + 1 },
      })
    })
  }

  decode(tokens: Iterable<number>): string {
    return this.codec.join(Array.from(tokens, (token) => this.symbols[token] ?? ''))
  }

  private excerpt(): string {
    const printable = this.symbols.filter((symbol) => /\S/.test(symbol))
    return printable.slice(0, 100).join('') + (printable.length > 100 ? ' …' : '')
  }
}

/** Symbols of records: code points, or words between spaces. */
export const recordSymbols = (unit: SymbolUnit): SymbolCodec =>
  ({ split: (text) => symbolsOf(text, unit), join: (symbols) => symbols.join(unit === 'word' ? ' ' : '') })
