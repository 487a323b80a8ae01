import { open } from 'node:fs/promises'
import { isUtf8 } from 'node:buffer'
import { textEncodings } from '@shared/experiment/data/keys'
import { fileError, fileSize } from '../files'

export type Encoding = (typeof textEncodings)[number]

/** How a file is written, and how that is known. */
export interface FoundEncoding {
  encoding: Encoding
  byteOrderMark: boolean
  /** Neither a byte order mark nor valid UTF-8 says so: Windows-1252, because hardly any byte is wrong in it. */
  guessed: boolean
}

const sampleBytes = 64 * 1024

/**
 * The encoding of a file, by its byte order mark, else by its first 64 KiB: UTF-16 when nearly every second byte is zero,
 * UTF-8 when the sample is valid or holds characters of several bytes, else Windows-1252 (of which Latin-1's letters are a
 * part). What the sample promised is checked while the file is read.
 */
export async function encodingOf(path: string): Promise<FoundEncoding> {
  const sample = await firstBytes(path)
  const [first, second, third] = sample
  if (first === 0xef && second === 0xbb && third === 0xbf) return { encoding: 'utf-8', byteOrderMark: true, guessed: false }
  if (first === 0xff && second === 0xfe) return { encoding: 'utf-16le', byteOrderMark: true, guessed: false }
  if (first === 0xfe && second === 0xff) return { encoding: 'utf-16be', byteOrderMark: true, guessed: false }
  const found = (encoding: Encoding, guessed = false): FoundEncoding => ({ encoding, byteOrderMark: false, guessed })
  const zeros = [0, 0]
  sample.forEach((byte, at) => { if (byte === 0) zeros[at % 2]!++ })
  const half = sample.length / 2
  // Text of few scripts has its high bytes alike: mostly zero for European ones.
  if (half >= 2 && zeros[1]! > 0.4 * half && zeros[0]! < 0.02 * half) return found('utf-16le', true)
  if (half >= 2 && zeros[0]! > 0.4 * half && zeros[1]! < 0.02 * half) return found('utf-16be', true)
  if (looksLikeUtf8(sample)) return found('utf-8')
  return looksLikeText(sample) ? found('windows-1252', true) : found('utf-8')
}

/** Valid, but for a character cut off at the end; or broken in a place, but with more whole characters than broken ones. */
function looksLikeUtf8(sample: Uint8Array): boolean {
  const mostCut = sample.length === sampleBytes ? 3 : 0
  for (let cut = 0; cut <= mostCut; cut++) if (isUtf8(sample.subarray(0, sample.length - cut))) return true
  let [whole, broken] = [0, 0]
  for (const character of new TextDecoder().decode(sample)) {
    if (character === '\ufffd') broken++
    else if (character > '\x7f') whole++
  }
  return whole > broken
}

/** No byte that Windows-1252 leaves open, and no control character that no text has. */
const looksLikeText = (sample: Uint8Array): boolean =>
  sample.every((byte) => (byte >= 0x20 && byte !== 0x7f && byte !== 0x81 && byte !== 0x8d && byte !== 0x8f && byte !== 0x90 && byte !== 0x9d) || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b)

async function firstBytes(path: string): Promise<Uint8Array> {
  try {
    await fileSize(path)
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(sampleBytes), 0, sampleBytes, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError(path, error)
  }
}

const names: Record<Encoding, string> = {
  'utf-8': 'UTF-8', 'utf-16le': 'UTF-16 (little-endian)', 'utf-16be': 'UTF-16 (big-endian)', 'windows-1252': 'Windows-1252', 'iso-8859-1': 'Latin-1 (ISO 8859-1)',
}

/** "UTF-8 with byte order mark". */
export const encodingName = ({ encoding, byteOrderMark }: Pick<FoundEncoding, 'encoding' | 'byteOrderMark'>): string =>
  `${names[encoding]}${byteOrderMark ? ' with byte order mark' : ''}`
