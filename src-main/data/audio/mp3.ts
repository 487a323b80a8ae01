import { minimp3 } from '@generated/mp3-decoder'
import { fromBase64, webAssembly } from '../../engine/backends/wasm/binary'
import { badSound, tooLong } from './audio-errors'
import { frameAt, gaplessTag, tagBytes, type FrameHeader } from './mp3-frames'
import { mostSamples, type Sound } from './sound'

/** What minimp3-wasm exports; state is its memory's. */
interface Minimp3 {
  memory: { readonly buffer: ArrayBuffer }
  decoder_init(): void
  /** Makes room; the state of the sound so far stays. */
  decoder_set_mp3_data_size(bytes: number): void
  decoder_mp3_data_offset(): number
  decoder_pcm_data_offset(): number
  /** Negative: all there is. */
  decoder_decode(seconds: number): void
  decode_results_num_samples(): number
}

let compiled: Promise<unknown> | null = null
/** A sample no frame consists of: what a frame that couldn't be decoded leaves. */
const untouched = -12_345
const full = 32_768
const room = 16 * 1024
/** Where frames begin is looked for in so many bytes at the start, as some programs put rubbish before them. */
const mostBefore = 64 * 1024

/**
 * An MP3 file (MPEG 1, 2 and 2.5, layer III), decoded by minimp3 in WebAssembly. Frames are found here and handed over one by one:
 * given a whole file, the package's own loop goes round without end when one of them is damaged. What an encoder says it put
 * before and after the sound is left out.
 * @throws UnrollError `dataset.audio`
 */
export async function readMp3(bytes: Uint8Array, file: string): Promise<Sound> {
  let at = firstFrame(bytes, file)
  const first = frameAt(bytes, at) as FrameHeader
  const gapless = gaplessTag(bytes, first)
  if (gapless !== null) at += first.bytes
  compiled ??= webAssembly.compile(fromBase64(minimp3))
  const decoder = new FrameDecoder(new webAssembly.Instance(await compiled, {}).exports as Minimp3)
  const sound = new Samples(first, file)
  while (at < bytes.length) {
    const tag = tagBytes(bytes, at)
    const frame = frameAt(bytes, at)
    if (tag > 0 || typeof frame === 'string') {
      // Zeros at the end are padding.
      if (tag === 0 && bytes.subarray(at).some((byte) => byte !== 0)) throw damagedAt(file, at, sound)
      if (tag === 0) break
      at += tag
      continue
    }
    if (frame.rate !== first.rate) throw badSound(file, `changes its sample rate from ${first.rate} to ${frame.rate} at byte ${at.toLocaleString('en')}.`)
    // The last frame of a recording that was cut off.
    if (at + frame.bytes > bytes.length) break
    const samples = decoder.decode(bytes.subarray(at, at + frame.bytes), frame)
    if (samples !== null) sound.add(samples, frame.channels)
    // Before the first sound, frames may be part of what was cut away before them.
    else if (sound.count > 0) throw damagedAt(file, at, sound)
    at += frame.bytes
  }
  return { rate: first.rate, samples: sound.whole(gapless), channels: first.channels, format: 'MP3' }
}

/** Where the first two frames stand one behind the other (or the only one). */
function firstFrame(bytes: Uint8Array, file: string): number {
  let at = 0
  for (let tag = tagBytes(bytes, at); tag > 0; tag = tagBytes(bytes, at)) at += tag
  for (const end = Math.min(bytes.length, at + mostBefore); at < end; at++) {
    const frame = frameAt(bytes, at)
    if (frame === 'nothing') continue
    if (typeof frame === 'string') {
      if (at > 0 && tagBytes(bytes, 0) === 0) continue
      throw badSound(file, frame === 'free format' ? 'is MP3 of free format, whose frames don\'t say how long they are.' : 'is MPEG audio of layer I or II, not MP3.', 'Convert it to WAV or FLAC.')
    }
    const next = frameAt(bytes, at + frame.bytes)
    if ((typeof next !== 'string' && next.rate === frame.rate) || at + frame.bytes === bytes.length || tagBytes(bytes, at + frame.bytes) > 0) return at
  }
  throw badSound(file, 'has no sound in it that could be decoded as MP3.')
}

const damagedAt = (file: string, at: number, { count, rate }: Samples) =>
  badSound(file, `is damaged at byte ${at.toLocaleString('en')}, ${(count / rate).toFixed(1)} s into its sound: no MP3 frame begins there that could be decoded.`)

/** Sound of all frames so far, counted so that a small file can't become all memory. */
class Samples {
  count = 0
  readonly rate: number
  private readonly pieces: Float32Array[] = []

  constructor(first: FrameHeader, private readonly file: string) { this.rate = first.rate }

  /** @param samples channels interleaved; their mean is kept */
  add(samples: Int16Array, channels: 1 | 2): void {
    const piece = new Float32Array(samples.length / channels)
    if (channels === 1) for (let at = 0; at < piece.length; at++) piece[at] = samples[at]! / full
    else for (let at = 0; at < piece.length; at++) piece[at] = (samples[2 * at]! + samples[2 * at + 1]!) / (2 * full)
    this.pieces.push(piece)
    this.count += piece.length
    if (this.count > mostSamples) throw tooLong(this.file, mostSamples)
  }

  whole(gapless: { before: number; after: number } | null): Float32Array {
    const samples = new Float32Array(this.count)
    let at = 0
    for (const piece of this.pieces) {
      samples.set(piece, at)
      at += piece.length
    }
    const sound = gapless === null ? samples : samples.subarray(gapless.before, Math.max(gapless.before, samples.length - gapless.after))
    if (sound.length === 0) throw badSound(this.file, 'has no sound in it that could be decoded as MP3.')
    return sound
  }
}

/** minimp3, given a frame at a time. */
class FrameDecoder {
  constructor(private readonly wasm: Minimp3) {
    wasm.decoder_init()
    // Grows its memory to what any frame and its sound take.
    wasm.decoder_set_mp3_data_size(room)
  }

  /** Channels interleaved; null: the frame couldn't be decoded. */
  decode(frame: Uint8Array, { samples, channels }: FrameHeader): Int16Array | null {
    const { wasm } = this
    wasm.decoder_set_mp3_data_size(frame.length)
    const sound = new Int16Array(samples * channels).fill(untouched)
    const heap = new Uint8Array(wasm.memory.buffer)
    heap.set(frame, wasm.decoder_mp3_data_offset())
    heap.set(new Uint8Array(sound.buffer), wasm.decoder_pcm_data_offset())
    wasm.decoder_decode(-1)
    if (wasm.decode_results_num_samples() !== sound.length) return null
    // Its memory may have grown, and begin anywhere.
    new Uint8Array(sound.buffer).set(new Uint8Array(wasm.memory.buffer, wasm.decoder_pcm_data_offset(), sound.byteLength))
    return sound.every((sample) => sample === untouched) ? null : sound
  }
}
