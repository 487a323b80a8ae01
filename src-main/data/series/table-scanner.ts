import type { Dialect } from './dialect'
import { openQuote, rowTooLong, strayQuote } from './series-errors'
import { TableCells } from './table-cells'

/** A row longer than this is an open quote, not a row. */
const longestRow = 1_000_000
const [tab, lineFeed, verticalTab, formFeed, carriageReturn, space, quote] = [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x22]

/**
 * Cuts a table (RFC 4180) into rows and cells without making strings of them: quotes around a cell, doubled inside it; line
 * ends \n, \r\n or \r, mixed as they may be; blank lines passed over; spaces around cells dropped, unless tabs separate
 * them. Works on UTF-8 bytes that are known to be valid: all that matters is ASCII.
 */
export class TableScanner {
  /** The line under way, from 1. */
  line = 1
  /** Blank lines since the row before. */
  blank = 0
  readonly cells: TableCells
  private rest: Uint8Array = new Uint8Array(0)
  private joined: Uint8Array = new Uint8Array(0)
  private readonly delimiter: number
  private readonly trim: boolean
  /** 1 for the bytes at which an unquoted cell ends, or goes wrong. */
  private readonly special = new Uint8Array(256)
  private readonly blanks = new Uint8Array(256)

  /** @param row called with `cells`, which hold the row's until it returns */
  constructor(private readonly file: string, { delimiter, decimalComma }: Dialect, private readonly row: (cells: TableCells, line: number) => void) {
    this.cells = new TableCells(decimalComma)
    this.delimiter = delimiter.charCodeAt(0)
    this.trim = this.delimiter !== tab
    for (const byte of [this.delimiter, lineFeed, carriageReturn, quote]) this.special[byte] = 1
    if (this.trim) for (const byte of [tab, verticalTab, formFeed, space]) this.blanks[byte] = 1
  }

  /** @param chunk whole characters, valid during the call */
  write(chunk: Uint8Array): void {
    let bytes = chunk
    const { rest } = this
    if (rest.length > 0) {
      if (this.joined.length < rest.length + chunk.length) this.joined = new Uint8Array(rest.length + chunk.length)
      this.joined.set(rest)
      this.joined.set(chunk, rest.length)
      bytes = this.joined.subarray(0, rest.length + chunk.length)
    }
    const done = this.rows(bytes, false)
    if (bytes.length - done > longestRow) throw rowTooLong(this.file, this.line)
    this.rest = Uint8Array.from(bytes.subarray(done))
  }

  /** Call when the file has ended: its last line may have no end. */
  end(): void {
    this.rows(this.rest, true)
  }

  /** @returns where the first row begins that isn't whole yet */
  private rows(bytes: Uint8Array, last: boolean): number {
    this.cells.bytes = bytes
    let at = 0
    while (at < bytes.length) {
      const next = this.oneRow(bytes, at, last)
      if (next < 0) break
      at = next
    }
    return at
  }

  /** @returns where the next row begins; -1 when this one goes on past the bytes */
  private oneRow(bytes: Uint8Array, from: number, last: boolean): number {
    const { cells, special, blanks, delimiter, trim } = this
    const { length } = bytes
    const firstLine = this.line
    cells.count = 0
    let at = from
    for (;;) {
      let start = at
      if (trim) while (start < length && blanks[bytes[start]!] === 1) start++
      if (bytes[start] === quote && start < length) {
        at = this.quoted(bytes, start + 1, last)
        if (at < 0) {
          this.line = firstLine
          return -1
        }
      } else {
        at = start
        while (at < length && special[bytes[at]!] === 0) at++
        if (at === length && !last) return this.again(firstLine)
        if (bytes[at] === quote && at < length) throw strayQuote(this.file, this.line, cells.count + 1)
        let end = at
        if (trim) while (end > start && blanks[bytes[end - 1]!] === 1) end--
        if (at < length && bytes[at] === delimiter) {
          cells.add(start, end, false)
          at++
          continue
        }
        if (cells.count === 0 && end === start) {
          const next = this.lineEnd(bytes, at, last)
          if (next < 0) return this.again(firstLine)
          this.line++
          this.blank++
          return next
        }
        cells.add(start, end, false)
      }
      if (at < length && bytes[at] === delimiter) {
        at++
        continue
      }
      const next = this.lineEnd(bytes, at, last)
      if (next < 0) return this.again(firstLine)
      this.row(cells, this.line)
      this.blank = 0
      this.line++
      return next
    }
  }

  /** A row that isn't whole is read again with what follows it. */
  private again(line: number): -1 {
    this.line = line
    return -1
  }

  /** Adds a quoted cell. @returns where its delimiter or line end is; -1: past the bytes */
  private quoted(bytes: Uint8Array, start: number, last: boolean): number {
    const { length } = bytes
    let at = start
    let doubled = false
    for (;; at++) {
      while (at < length && bytes[at] !== quote) {
        if (bytes[at] === lineFeed || (bytes[at] === carriageReturn && bytes[at + 1] !== lineFeed)) this.line++
        at++
      }
      if (at >= length || (at + 1 === length && !last)) {
        if (last) throw openQuote(this.file, this.line)
        return -1
      }
      if (bytes[at + 1] !== quote || at + 1 === length) break
      doubled = true
      at++
    }
    const end = at++
    if (this.trim) while (at < length && this.blanks[bytes[at]!] === 1) at++
    if (at === length && !last) return -1
    const byte = bytes[at]
    if (at < length && byte !== this.delimiter && byte !== lineFeed && byte !== carriageReturn) throw strayQuote(this.file, this.line, this.cells.count + 1)
    this.cells.add(start, end, doubled)
    return at
  }

  /** Past the line end at `at`, or the end of the file; -1: it may be cut in two. */
  private lineEnd(bytes: Uint8Array, at: number, last: boolean): number {
    if (bytes[at] !== carriageReturn) return at + 1
    if (at + 1 === bytes.length && !last) return -1
    return bytes[at + 1] === lineFeed ? at + 2 : at + 1
  }
}
