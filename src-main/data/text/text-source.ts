import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { UnrollError } from '@shared/errors'
import { chunksOf, fileError } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { decodedChunks } from './decoded-chunks'
import { encodingName, encodingOf, type Encoding, type FoundEncoding } from './encodings'
import { transformed, type TextTransform } from './transform'
import { utf8Chunks } from './utf8-chunks'

/** Counts of symbols are 32 bits wide, and no typed array should be larger. */
const mostBytes = 4 * 1024 ** 3 - 1
const endings = /\.(txt|text|md)$/i
const lineFeed = 0x0a

/** How the bytes of files become those of the text. */
export interface TextReading extends TextTransform {
  unit: 'char' | 'word' | 'byte'
  /** Absent: found. */
  encoding?: Encoding | undefined
}

interface TextFile extends FoundEncoding { path: string; name: string; bytes: number }

/** A text in a file, or in the .txt and .md files of a folder, one after the other, each beginning a line. */
export class TextSource {
  readonly bytes: number

  private constructor(readonly path: string, readonly files: readonly TextFile[], private readonly reading: TextReading) {
    this.bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  }

  /** @throws UnrollError `file.*`, `dataset.empty`, `dataset.too-large` */
  static async open(path: string, reading: TextReading): Promise<TextSource> {
    const files: TextFile[] = []
    try {
      const found = await stat(path)
      const names = found.isDirectory() ? await textFilesIn(path) : ['']
      for (const name of names) {
        const file = name === '' ? path : join(path, name)
        files.push({ path: file, name: name || basename(path), bytes: (await stat(file)).size, ...await chosen(file, reading) })
      }
    } catch (error) {
      throw fileError(path, error)
    }
    const source = new TextSource(path, files, reading)
    if (source.bytes > mostBytes) {
      throw new UnrollError('dataset.too-large', `${basename(path)} has ${source.bytes} bytes; a text may have up to ${mostBytes}.`, { hint: 'Cut the text into parts and import one.', where: { file: path } })
    }
    return source
  }

  /** "UTF-8"; of a folder: "UTF-8 (3 files), Windows-1252 (1 file)". */
  get encoding(): string {
    if (this.reading.unit === 'byte') return 'bytes as they are'
    const counts = new Map<string, number>()
    for (const file of this.files) counts.set(encodingName(file), (counts.get(encodingName(file)) ?? 0) + 1)
    if (this.files.length === 1) return [...counts.keys()][0]!
    return [...counts].map(([name, count]) => `${name} (${count} file${count === 1 ? '' : 's'})`).join(', ')
  }

  /** A sentence for each file whose encoding was guessed. */
  get warnings(): string[] {
    if (this.reading.unit === 'byte') return []
    return this.files.filter(({ guessed }) => guessed)
      .map((file) => `${file.name} has no byte order mark and isn't UTF-8; it was read as ${encodingName(file)}. Choose the encoding if letters look wrong.`)
  }

  /**
   * The text as UTF-8 bytes (of unit byte: as its own), each chunk whole characters, valid until the next is asked for.
   * @throws UnrollError `dataset.not-utf8`, `dataset.encoding`, `dataset.binary` with file, line and column; `file.*`, `import.cancelled`
   */
  chunks(options: ReadOptions = {}, rows: () => number = () => 0): AsyncGenerator<Uint8Array, void, void> {
    return transformed(this.joined(options, rows), this.reading)
  }

  private async* joined(options: ReadOptions, rows: () => number): AsyncGenerator<Uint8Array, void, void> {
    const { onProgress } = options
    let before = 0
    /** The last byte so far; line feed at the start. */
    let last = lineFeed
    for (const file of this.files) {
      const done = before
      const within: ReadOptions = { ...options, onProgress: onProgress && (({ bytes, rows: read }) => onProgress({ bytes: done + bytes, totalBytes: Math.max(this.bytes, done + bytes), rows: read })) }
      const chunks = this.reading.unit === 'byte' ? chunksOf(file.path, within, rows) : fileChunks(file.path, file.encoding, within, rows)
      let begun = false
      for await (const chunk of chunks) {
        if (!begun && last !== lineFeed) yield Uint8Array.of(lineFeed)
        begun = true
        last = chunk.at(-1)!
        yield chunk
      }
      before += file.bytes
    }
  }
}

/** A file as UTF-8 bytes, each chunk whole characters. @param encoding absent: found */
export async function* fileChunks(path: string, encoding: Encoding | undefined, options: ReadOptions, rows: () => number = () => 0): AsyncGenerator<Uint8Array, void, void> {
  const chosen = encoding ?? (await encodingOf(path)).encoding
  yield* chosen === 'utf-8' ? utf8Chunks(path, options, rows) : decodedChunks(path, chosen, options, rows)
}

async function chosen(path: string, { unit, encoding }: TextReading): Promise<FoundEncoding> {
  if (unit === 'byte') return { encoding: 'utf-8', byteOrderMark: false, guessed: false }
  const found = await encodingOf(path)
  return encoding === undefined || encoding === found.encoding ? { ...found, guessed: found.guessed && encoding === undefined } : { encoding, byteOrderMark: false, guessed: false }
}

/** Sorted by path; hidden ones and links to folders are left out, so that no loop is followed. */
async function textFilesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && endings.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((name) => !/(^|[/\\])\./.test(name))
    .sort()
  if (names.length === 0) throw new UnrollError('dataset.empty', `${basename(folder)} has no .txt or .md file; there is nothing to learn from.`, { hint: 'Choose a text file, or a folder of them.', where: { file: folder } })
  return names
}
