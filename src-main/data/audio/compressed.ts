import { FLACDecoder } from '@wasm-audio-decoders/flac'
import { badSound, tooLong } from './audio-errors'
import { mixed, mostSamples, type Sound } from './sound'

/** Bytes decoded at a time: silence compresses a thousandfold, so that what comes out is counted often. */
const flacChunk = 16 * 1024

/** What the decoder answers. */
interface Decoded { channelData: Float32Array[]; samplesDecoded: number; sampleRate: number; errors: { message: string }[] }

/** A FLAC file, decoded by libFLAC in WebAssembly. @throws UnrollError `dataset.audio` */
export async function readFlac(bytes: Uint8Array, file: string): Promise<Sound> {
  const { total, rate, bits, channels } = streamInfo(bytes, file)
  if (total * channels > mostSamples) throw tooLong(file, mostSamples)
  const decoder = new FLACDecoder()
  const pieces = new Pieces(file, 'FLAC')
  await quietly(async () => {
    await decoder.ready
    try {
      for (let at = 0; at < bytes.length; at += flacChunk) pieces.add(await decoder.decode(bytes.subarray(at, at + flacChunk)))
      pieces.add(await decoder.flush())
    } finally {
      decoder.free()
    }
  }, (cause) => badSound(file, `can't be decoded as FLAC${cause}.`))
  const samples = pieces.whole()
  if (total > 0 && samples.length !== total) throw badSound(file, `is cut off or damaged: its header speaks of ${total.toLocaleString('en')} samples, but ${samples.length.toLocaleString('en')} could be decoded.`)
  return { rate, samples, channels, format: `FLAC, ${bits} bits` }
}

/** What STREAMINFO, FLAC's first block, says. @see RFC 9639, section 8.2 */
function streamInfo(bytes: Uint8Array, file: string): { total: number; rate: number; bits: number; channels: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < 42 || (bytes[4]! & 0x7f) !== 0) throw badSound(file, 'begins like a FLAC file but its first block, STREAMINFO, is missing or cut off.')
  const packed = view.getUint32(18)
  const [rate, channels, bits] = [packed >>> 12, ((packed >>> 9) & 7) + 1, ((packed >>> 4) & 31) + 1]
  if (rate === 0) throw badSound(file, 'says it has 0 samples a second.')
  return { total: (packed & 15) * 2 ** 32 + view.getUint32(22), rate, bits, channels }
}

/** Pieces of a recording as they are decoded, counted so that a small file can't become all memory. */
class Pieces {
  rate = 0
  private readonly pieces: Float32Array[] = []
  private count = 0

  constructor(private readonly file: string, private readonly format: string) {}

  add({ channelData, samplesDecoded, sampleRate, errors }: Decoded): void {
    const [error] = errors
    if (error !== undefined) throw badSound(this.file, `can't be decoded as ${this.format}: ${error.message.trim()}.`)
    if (samplesDecoded === 0) return
    if (this.rate !== 0 && sampleRate !== this.rate) throw badSound(this.file, `changes its sample rate from ${this.rate} to ${sampleRate} within.`)
    this.rate = sampleRate
    this.count += samplesDecoded
    if (this.count * channelData.length > mostSamples) throw tooLong(this.file, mostSamples)
    this.pieces.push(mixed(channelData))
  }

  whole(): Float32Array {
    if (this.count === 0) throw badSound(this.file, `has no sound in it that could be decoded as ${this.format}.`)
    const samples = new Float32Array(this.count)
    let at = 0
    for (const piece of this.pieces) {
      samples.set(piece, at)
      at += piece.length
    }
    return samples
  }
}

/** The decoders print their errors besides returning them; printing is for hosts alone. */
async function quietly(decode: () => Promise<void>, failed: (cause: string) => Error): Promise<void> {
  const { error, warn } = console
  console.error = console.warn = () => undefined
  try {
    await decode()
  } catch (cause) {
    // Ours have a code; the decoders throw plain errors, and WebAssembly its own.
    if (cause instanceof Error && 'code' in cause) throw cause
    throw failed(cause instanceof Error && cause.message !== '' ? `: ${cause.message.split('\n')[0]!.trim()}` : '')
  } finally {
    Object.assign(console, { error, warn })
  }
}
