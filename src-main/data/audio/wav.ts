import { badSound, tooLong } from './audio-errors'
import { mostSamples, type Sound } from './sound'

const pcm = 1
const float = 3
const extensible = 0xfffe
/** Other encodings that people meet, by their tag. */
const others: Record<number, string> = { 2: 'ADPCM', 6: 'A-law', 7: 'µ-law', 17: 'IMA ADPCM', 85: 'MP3 inside WAV' }
const mostChannels = 64
/** What programs that write while recording put where they don't know the length yet. */
const unknownLength = 0xffffffff

interface Format { tag: number; channels: number; rate: number; bits: number }

/**
 * A WAV file: RIFF chunks, of which `fmt ` and `data` are read. Whole numbers of 8 bits (unsigned), 16, 24 and 32 bits, and
 * floating point of 32 and 64 bits; any rate, any number of channels, of which the mean is taken.
 *   x = integer / 2^(bits − 1)
 * @throws UnrollError `dataset.audio` when the header doesn't agree with itself or with the file's bytes
 * @see Microsoft & IBM, Multimedia Programming Interface and Data Specifications 1.0 (1991); WAVE_FORMAT_EXTENSIBLE (2001)
 */
export function readWav(bytes: Uint8Array, file: string): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const name = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (bytes.length < 12 || name(8) !== 'WAVE') throw badSound(file, 'begins like a WAV file but isn’t one: its first 12 bytes don’t say WAVE.')
  let format: Format | null = null
  for (let at = 12; at + 8 <= bytes.length;) {
    const [id, size] = [name(at), view.getUint32(at + 4, true)]
    const body = at + 8
    const left = bytes.length - body
    if (id === 'data') {
      if (format === null) throw badSound(file, 'has its sound before its format; the "fmt " chunk comes first in a WAV file.')
      if (size > left && size !== unknownLength) throw badSound(file, `is cut off: its header speaks of ${size.toLocaleString('en')} bytes of sound, but ${left.toLocaleString('en')} follow.`)
      return { ...soundOf(format, view, body, size === unknownLength ? left : size, file), rate: format.rate, channels: format.channels }
    }
    if (size > left) throw badSound(file, `is cut off or damaged: its chunk ${JSON.stringify(id)} is said to be ${size.toLocaleString('en')} bytes long, but ${left.toLocaleString('en')} follow.`)
    if (id === 'fmt ') format = formatOf(view, body, size, file)
    at = body + size + size % 2
  }
  throw badSound(file, format === null ? 'has no "fmt " chunk, so nobody can tell what its bytes mean.' : 'has no "data" chunk: there is no sound in it.')
}

function formatOf(view: DataView, at: number, size: number, file: string): Format {
  if (size < 16) throw badSound(file, `has a "fmt " chunk of ${size} bytes; at least 16 were expected.`)
  const [written, channels, rate, block, bits] = [view.getUint16(at, true), view.getUint16(at + 2, true), view.getUint32(at + 4, true), view.getUint16(at + 12, true), view.getUint16(at + 14, true)]
  const tag = written === extensible && size >= 26 ? view.getUint16(at + 24, true) : written
  if (tag !== pcm && tag !== float) throw badSound(file, `is encoded as ${others[tag] ?? `format ${tag}`}; WAV files of whole numbers and of floating point are read.`, 'Save it as PCM, 16 bits.')
  if (!(tag === pcm ? [8, 16, 24, 32] : [32, 64]).includes(bits)) throw badSound(file, `says it has ${bits} bits a sample; ${tag === pcm ? '8, 16, 24 or 32' : '32 or 64'} were expected.`, 'Save it as PCM, 16 bits.')
  if (channels < 1 || channels > mostChannels) throw badSound(file, `says it has ${channels} channels; 1 to ${mostChannels} were expected.`)
  if (rate < 1 || rate > 1_000_000) throw badSound(file, `says it has ${rate.toLocaleString('en')} samples a second; 1 to 1,000,000 were expected.`)
  if (block !== channels * bits / 8) throw badSound(file, `contradicts itself: ${channels} channel${channels === 1 ? '' : 's'} of ${bits} bits are ${channels * bits / 8} bytes, but its header says ${block}.`)
  return { tag, channels, rate, bits }
}

function soundOf({ tag, channels, bits }: Format, view: DataView, from: number, size: number, file: string): Pick<Sound, 'samples' | 'format'> {
  const width = bits / 8
  const count = Math.floor(size / (width * channels))
  if (count === 0) throw badSound(file, 'has no sound in it: its "data" chunk is empty.')
  if (count * channels > mostSamples) throw tooLong(file, mostSamples)
  const sampleAt = reader(view, tag, bits)
  const samples = new Float32Array(count)
  for (let index = 0, at = from; index < count; index++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++, at += width) sum += sampleAt(at)
    samples[index] = sum / channels
    if (tag === float && !(Math.abs(samples[index]!) < 1e6)) throw badSound(file, `has the value ${sum / channels} at sample ${(index + 1).toLocaleString('en')}; numbers around −1 to 1 were expected.`)
  }
  return { samples, format: `WAV, ${bits} bits${tag === float ? ' floating point' : ''}` }
}

function reader(view: DataView, tag: number, bits: number): (at: number) => number {
  if (tag === float) return bits === 32 ? (at) => view.getFloat32(at, true) : (at) => view.getFloat64(at, true)
  switch (bits) {
    case 8: return (at) => (view.getUint8(at) - 128) / 128
    case 16: return (at) => view.getInt16(at, true) / 32_768
    case 24: return (at) => (view.getUint16(at, true) | (view.getInt8(at + 2) << 16)) / 8_388_608
    default: return (at) => view.getInt32(at, true) / 2_147_483_648
  }
}

/** A WAV file of one channel and 16 bits: what a player takes. */
export function writeWav(samples: Float32Array, rate: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + 2 * samples.length)
  const view = new DataView(bytes.buffer)
  const text = (at: number, letters: string) => bytes.set(Array.from(letters, (letter) => letter.charCodeAt(0)), at)
  text(0, 'RIFF')
  view.setUint32(4, bytes.length - 8, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, pcm, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, rate, true)
  view.setUint32(28, 2 * rate, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, 2 * samples.length, true)
  samples.forEach((value, at) => view.setInt16(44 + 2 * at, Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768))), true))
  return bytes
}
