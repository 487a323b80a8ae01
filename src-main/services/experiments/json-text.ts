/** Where a JSON text is wrong, as an offset into it, and what was expected there. */
export class JsonSyntaxError extends Error {
  constructor(readonly offset: number, readonly expected: string) {
    super(expected)
  }
}

/** A parsed JSON text and where each of its values begins. */
export interface LocatedJson {
  value: unknown
  /** Offset of the value at a path such as `training.optimizer.kind`; of the nearest thing around it when there is none. */
  offsetOf(path: readonly PropertyKey[]): number
  /** Keys given again in the same object, and the offset of each such key; the last one counts. */
  repeated: readonly { path: readonly string[]; offset: number }[]
}

/**
 * Parses strict JSON (RFC 8259) and remembers places: JSON.parse tells no place for half of its errors.
 * @throws JsonSyntaxError
 */
export function parseLocated(text: string): LocatedJson {
  const offsets = new Map<string, number>()
  const parser = new Parser(text, offsets)
  const value = parser.document()
  return {
    value,
    repeated: parser.repeated,
    offsetOf(path) {
      for (let length = path.length; length >= 0; length--) {
        const found = offsets.get(keyOf(path.slice(0, length)))
        if (found !== undefined) return found
      }
      return 0
    },
  }
}

/** Line and column of an offset, both counted from 1. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

const keyOf = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String))

const deepest = 500

class Parser {
  readonly repeated: { path: string[]; offset: number }[] = []
  private at = 0

  constructor(private readonly text: string, private readonly offsets: Map<string, number>) {}

  document(): unknown {
    const value = this.value([])
    this.space()
    if (this.at < this.text.length) this.fail('the end of the file')
    return value
  }

  private value(path: string[]): unknown {
    this.space()
    this.offsets.set(keyOf(path), this.at)
    if (path.length > deepest) this.fail(`at most ${deepest} levels`)
    const next = this.text[this.at]
    if (next === '{') return this.object(path)
    if (next === '[') return this.array(path)
    if (next === '"') return this.string()
    return this.scalar()
  }

  private object(path: string[]): Record<string, unknown> {
    const entries: [string, unknown][] = []
    const seen = new Set<string>()
    this.at++
    if (this.skip('}')) return {}
    do {
      this.space()
      if (this.text[this.at] !== '"') this.fail(entries.length > 0 && this.text[this.at] === '}' ? 'another key after the comma (or no comma)' : 'a key in double quotes')
      const offset = this.at
      const key = this.string()
      if (seen.has(key)) this.repeated.push({ path: [...path, key], offset })
      seen.add(key)
      if (!this.skip(':')) this.fail(`a colon after the key "${key}"`)
      entries.push([key, this.value([...path, key])])
    } while (this.skip(','))
    if (!this.skip('}')) this.fail('a comma or "}"')
    return Object.fromEntries(entries)
  }

  private array(path: string[]): unknown[] {
    const items: unknown[] = []
    this.at++
    if (this.skip(']')) return items
    do items.push(this.value([...path, String(items.length)])); while (this.skip(','))
    if (!this.skip(']')) this.fail('a comma or "]"')
    return items
  }

  private string(): string {
    const start = this.at
    for (this.at++; this.text[this.at] !== '"'; this.at++) {
      const character = this.text[this.at]
      if (character === undefined || character < ' ') this.fail('a closing double quote on the same line')
      if (character !== '\\') continue
      const escape = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(this.text.slice(this.at + 1, this.at + 6))
      if (escape === null) this.fail('\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four digits after the backslash')
      this.at += escape[0].length
    }
    this.at++
    return JSON.parse(this.text.slice(start, this.at)) as string
  }

  private scalar(): unknown {
    const found = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/.exec(this.text.slice(this.at, this.at + 400))
    if (found === null) this.fail('a value')
    this.at += found[0].length
    return JSON.parse(found[0])
  }

  private skip(character: string): boolean {
    this.space()
    if (this.text[this.at] !== character) return false
    this.at++
    return true
  }

  private space(): void {
    while (/[ \t\r\n]/.test(this.text[this.at] ?? '')) this.at++
  }

  private fail(expected: string): never {
    throw new JsonSyntaxError(this.at, expected)
  }
}
