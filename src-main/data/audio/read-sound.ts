import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileError, fileSize, throwIfCancelled } from '../files'
import type { ReadOptions } from '../prepared-dataset'
import { badSound } from './audio-errors'
import { readFlac } from './compressed'
import { Kept } from './kept'
import { readMp3 } from './mp3'
import type { Sound } from './sound'
import { readWav } from './wav'

export const soundEndings: ReadonlySet<string> = new Set(['.wav', '.wave', '.flac', '.mp3'])

const mostBytes = 1024 * 1024 * 1024
/** What a file turns out to be that isn't read, by its first bytes. */
const strangers: [magic: string, what: string][] = [['OggS', 'an Ogg file'], ['RIFX', 'a big-endian WAV file'], ['RF64', 'a WAV file of 64-bit sizes'], ['FORM', 'an AIFF file'], ['\u0000\u0000\u0000', 'an MPEG-4 file'], ['PK', 'an archive']]

/** Sounds decoded, by their files' contents: an import page looks into the same recordings several times. */
const decoded = new Kept<Sound>(192 * 1024 * 1024)

/** A recording's file, read. */
export interface SoundFile {
  /** SHA-256 of its bytes. */
  key: string
  /** @throws UnrollError `dataset.audio` */
  decode(): Promise<Sound>
}

/** A recording, told by its first bytes, whatever its name says; not to be written into. @throws UnrollError `dataset.audio`, `file.*`, `import.cancelled` */
export const readSound = async (path: string, options: ReadOptions = {}): Promise<Sound> => (await openSound(path, options)).decode()

/** @throws UnrollError `dataset.audio`, `file.*`, `import.cancelled` */
export async function openSound(path: string, options: ReadOptions = {}): Promise<SoundFile> {
  const size = await fileSize(path)
  if (size === 0) throw badSound(path, 'is empty.')
  if (size > mostBytes) throw badSound(path, `has ${size.toLocaleString('en')} bytes; this version reads recordings up to ${mostBytes.toLocaleString('en')} bytes.`, 'Cut it into parts.')
  let bytes: Uint8Array
  try {
    bytes = await readFile(path, { signal: options.signal })
  } catch (error) {
    throwIfCancelled(options.signal)
    throw fileError(path, error)
  }
  const key = createHash('sha256').update(bytes).digest('base64')
  return {
    key,
    async decode() {
      const known = decoded.get(key)
      if (known !== null) return known
      const sound = await decodeSound(bytes, path)
      decoded.put(key, sound, sound.samples.byteLength)
      return sound
    },
  }
}

/** @param file what errors call it */
export async function decodeSound(bytes: Uint8Array, file: string): Promise<Sound> {
  const start = String.fromCharCode(...bytes.subarray(0, 4))
  if (start === 'RIFF') return readWav(bytes, file)
  if (start === 'fLaC') return readFlac(bytes, file)
  if (start.startsWith('ID3') || (bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0)) return readMp3(bytes, file)
  const stranger = strangers.find(([magic]) => start.startsWith(magic))
  throw badSound(file, `${stranger === undefined ? 'is no recording that this version knows' : `is ${stranger[1]}`}; WAV, FLAC and MP3 are read.`, 'Convert it to WAV.')
}
