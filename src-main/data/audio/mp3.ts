import { minimp3 } from '@generated/minimp3'
import { badSound, tooLong } from './audio-errors'
import { mostSamples, type Sound } from './sound'

/** Seconds decoded at a time: silence compresses a thousandfold, so that what comes out is counted often. */
const stretch = 5

/** What minimp3's WebAssembly gives: a place for the file, and one for the samples of the stretch decoded last. */
interface Minimp3 {
  memory: WebAssembly.Memory
  decoder_init(): void
  decoder_set_mp3_data_size(bytes: number): void
  decoder_mp3_data_offset(): number
  decoder_decode(seconds: number): void
  decoder_pcm_data_offset(): number
  decode_results_num_samples(): number
  decode_results_num_channels(): number
  decode_results_sampling_rate(): number
}

let compiled: Promise<WebAssembly.Module> | null = null

/** An MP3 file (MPEG 1, 2 and 2.5, layers 1 to 3), decoded by minimp3 in WebAssembly to 16 bits. @throws UnrollError `dataset.audio` */
export async function readMp3(bytes: Uint8Array, file: string): Promise<Sound> {
  compiled ??= WebAssembly.compile(Buffer.from(minimp3, 'base64'))
  // An instance a file: what one leaves in memory no other meets.
  const decoder = (await WebAssembly.instantiate(await compiled)).exports as unknown as Minimp3
  const pieces: Float32Array[] = []
  let [rate, channels, count] = [0, 0, 0]
  try {
    decoder.decoder_init()
    decoder.decoder_set_mp3_data_size(bytes.length)
    new Uint8Array(decoder.memory.buffer, decoder.decoder_mp3_data_offset(), bytes.length).set(bytes)
    for (;;) {
      decoder.decoder_decode(stretch)
      const [samples, width, hertz] = [decoder.decode_results_num_samples(), decoder.decode_results_num_channels(), decoder.decode_results_sampling_rate()]
      if (samples === 0) break
      if (rate !== 0 && (hertz !== rate || width !== channels)) throw badSound(file, `changes its ${hertz === rate ? 'channels' : `sample rate from ${rate} to ${hertz}`} within.`)
      ;[rate, channels] = [hertz, width]
      count += samples / channels
      if (count * channels > mostSamples) throw tooLong(file, mostSamples)
      pieces.push(mean(new Int16Array(decoder.memory.buffer, decoder.decoder_pcm_data_offset(), samples), channels))
    }
  } catch (cause) {
    if (cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError) throw badSound(file, 'can\'t be decoded as MP3.')
    throw cause
  }
  if (count === 0) throw badSound(file, 'has no sound in it that could be decoded as MP3.')
  const samples = new Float32Array(count)
  let at = 0
  for (const piece of pieces) {
    samples.set(piece, at)
    at += piece.length
  }
  return { rate, samples, channels, format: 'MP3' }
}

/** The mean of channels that take turns, in −1 … 1. */
function mean(samples: Int16Array, channels: number): Float32Array {
  return Float32Array.from({ length: samples.length / channels }, (_, at) => {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += samples[at * channels + channel]!
    return sum / channels / 32_768
  })
}
