import { UnrollError } from '@shared/errors'

/** Symbols and their token ids: vocabulary.json. A character is a code point. */
export class SymbolTable {
  private readonly ids: Map<string, number>

  constructor(readonly symbols: readonly string[]) {
    this.ids = new Map(symbols.map((symbol, id) => [symbol, id]))
  }

  get size(): number { return this.symbols.length }

  /** @throws UnrollError `prompt.unknown-symbol` naming the character and its position, counted from 1 */
  encode(text: string): Int32Array {
    const characters = Array.from(text)
    return Int32Array.from(characters, (character, at) => {
      const id = this.ids.get(character)
      if (id !== undefined) return id
      const codePoint = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
      throw new UnrollError('prompt.unknown-symbol', `Character ${at + 1} of the text, ${JSON.stringify(character)} (U+${codePoint}), doesn't occur in the text the network was trained on.`, {
        hint: `Use only its ${this.size} characters: ${this.excerpt()}`, where: { column: at + 1 },
      })
    })
  }

  decode(tokens: Iterable<number>): string {
    return Array.from(tokens, (token) => this.symbols[token] ?? '').join('')
  }

  private excerpt(): string {
    const printable = this.symbols.filter((symbol) => /\S/.test(symbol))
    return printable.slice(0, 100).join('') + (printable.length > 100 ? ' …' : '')
  }
}
