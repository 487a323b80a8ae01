import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { decodeSound } from '@main/data/audio/read-sound'
import { resample } from '@main/data/audio/resample'
import { writeWav } from '@main/data/audio/wav'
import { failureOf } from '../support'
import { encodeFlac, encodeMp3Tone, encodeWav } from './encode'

const tone = (count: number, frequency: number, rate: number, amplitude = 0.5) => Float32Array.from({ length: count }, (_, n) => amplitude * Math.sin(2 * Math.PI * frequency * n / rate))
/** Amplitude at a frequency, by correlation over the middle of the samples. */
function amplitudeAt(samples: Float32Array, frequency: number, rate: number): number {
  const middle = samples.subarray(Math.floor(samples.length / 4), Math.floor(3 * samples.length / 4))
  let [re, im] = [0, 0]
  middle.forEach((value, n) => { re += value * Math.cos(2 * Math.PI * frequency * n / rate); im += value * Math.sin(2 * Math.PI * frequency * n / rate) })
  return 2 * Math.hypot(re, im) / middle.length
}

describe('WAV', () => {
  test.each([[8, false], [16, false], [24, false], [32, false], [32, true], [64, true]] as const)('of %i bits, floating point %s, is read to half a step', async (bits, float) => {
    const samples = tone(500, 300, 8000)
    const { rate, samples: read, channels, format } = await decodeSound(encodeWav(samples, { bits, float, rate: 11_025 }), 'a.wav')
    expect([rate, channels, format]).toEqual([11_025, 1, `WAV, ${bits} bits${float ? ' floating point' : ''}`])
    expect(read).toHaveLength(500)
    read.forEach((value, at) => expect(Math.abs(value - samples[at]!)).toBeLessThanOrEqual(float ? 1e-7 : 0.5 / 2 ** (bits - 1) + 1e-7))
  })

  it('of several channels is their mean; extensible headers, odd chunks and unknown lengths are read', async () => {
    const stereo = Float32Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 0.5 : -0.25))
    const { samples, channels } = await decodeSound(encodeWav(stereo, { channels: 2, extensible: true, extra: Uint8Array.of(1, 2, 3) }), 'a.wav')
    expect(channels).toBe(2)
    expect([...samples]).toEqual(new Array(100).fill(0.125))
    const streamed = Buffer.from(encodeWav(tone(50, 300, 8000)))
    streamed.writeUInt32LE(0xffffffff, 40)
    expect((await decodeSound(streamed, 'a.wav')).samples).toHaveLength(50)
  })

  it('comes back from the player’s WAV', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 100 }), fc.integer({ min: 1, max: 192_000 }), async (values, rate) => {
      const read = await decodeSound(writeWav(Float32Array.from(values), rate), 'a.wav')
      expect(read.rate).toBe(rate)
      read.samples.forEach((value, at) => expect(Math.abs(value - values[at]!)).toBeLessThanOrEqual(1 / 32_767))
    }), { numRuns: 50 })
  })
})

describe('compressed sound', () => {
  it('FLAC is read to half a step', async () => {
    const samples = tone(5000, 440, 8000)
    const { rate, samples: read, format, channels } = await decodeSound(encodeFlac(samples, 22_050), 'a.flac')
    expect([rate, format, channels]).toEqual([22_050, 'FLAC, 16 bits', 1])
    expect(read).toHaveLength(5000)
    read.forEach((value, at) => expect(Math.abs(value * 32_768 - Math.round(samples[at]! * 32_768))).toBeLessThan(0.6))
  })

  it('MP3 gives the tone that was put in', async () => {
    const line = 20
    const { rate, samples, format } = await decodeSound(encodeMp3Tone(40, line), 'a.mp3')
    expect([rate, format]).toEqual([44_100, 'MP3'])
    expect(samples.length).toBeGreaterThan(38 * 1152)
    // A line that stays the same from granule to granule is a tone turned over each time: it sounds half a line beside its own.
    const step = 44_100 / 2304
    const amplitudes = Array.from({ length: 300 }, (_, at) => amplitudeAt(samples, (at + 1) * step, 44_100))
    const loudest = amplitudes.indexOf(Math.max(...amplitudes)) + 1
    expect(Math.abs(loudest / 2 - (line + 0.5))).toBeLessThanOrEqual(1)
    expect(amplitudes[loudest - 1]!).toBeGreaterThan(0.05)
  })

  it('MP3 with tags before, between and behind its frames is read as without; what its encoder added is left out', async () => {
    const frames = encodeMp3Tone(20, 20)
    const whole = (await decodeSound(frames, 'a.mp3')).samples
    const id3 = Buffer.concat([Buffer.from('ID3\u0003\0\0\0\0\u0002\u0000'), Buffer.alloc(256, 0xff)])
    const tail = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 0x20)])
    const tagged = Buffer.concat([id3, frames.subarray(0, 10 * 208), id3, frames.subarray(10 * 208), tail])
    expect((await decodeSound(tagged, 'a.mp3')).samples).toEqual(whole)
    // 576 samples before and 1,000 after, and what every decoder is late by, in a frame of its own.
    const info = Buffer.alloc(208)
    info.set(frames.subarray(0, 4))
    info.write('Info\0\0\0\0LAME3.100', 4 + 17, 'latin1')
    info.writeUIntBE(576 * 4096 + 1000, 4 + 17 + 8 + 21, 3)
    expect((await decodeSound(Buffer.concat([info, frames]), 'a.mp3')).samples).toEqual(whole.subarray(576 + 529, whole.length - 1000 + 529))
    // Rubbish before the first frame is passed over, a last frame that was cut off left out.
    expect((await decodeSound(Buffer.concat([Buffer.of(0xff, 0xe0, 1, 2, 3), frames.subarray(0, -100)]), 'a.mp3')).samples).toEqual(whole.subarray(0, 19 * 1152))
  })

  it('MP3 that is damaged or of another kind says where and what', async () => {
    const damaged = Uint8Array.from(encodeMp3Tone(20, 20))
    damaged.fill(0x55, 12 * 208, 12 * 208 + 60)
    expect((await failureOf(decodeSound(damaged, 'a.mp3'))).message).toBe('a.mp3 is damaged at byte 2,496, 0.3 s into its sound: no MP3 frame begins there that could be decoded.')
    // Main data that reaches back further than there is any: the frame can't be decoded, which the decoder says of itself.
    const reaching = Uint8Array.from(encodeMp3Tone(20, 20))
    reaching.set([0xff, 0xff], 12 * 208 + 4)
    expect((await failureOf(decodeSound(reaching, 'a.mp3'))).message).toMatch(/^a\.mp3 is damaged at byte 2,496/)
    const other = (second: number, third: number) => failureOf(decodeSound(Buffer.concat([Buffer.of(0xff, second, third, 0xc4), Buffer.alloc(3000)]), 'a.mp3'))
    expect((await other(0xfd, 0x50)).message).toBe('a.mp3 is MPEG audio of layer I or II, not MP3.')
    expect((await other(0xfb, 0x00)).message).toMatch(/free format/)
    const rates = Buffer.concat([encodeMp3Tone(5, 20), Uint8Array.from(encodeMp3Tone(5, 20)).map((byte, at) => (at % 208 === 2 ? 0x54 : byte))])
    expect((await failureOf(decodeSound(rates, 'a.mp3'))).message).toBe('a.mp3 changes its sample rate from 44100 to 48000 at byte 1,040.')
  })

  it('a FLAC file that ends early, or is damaged within, is refused', async () => {
    const whole = encodeFlac(tone(5000, 440, 8000))
    expect((await failureOf(decodeSound(whole.slice(0, 6000), 'a.flac'))).message).toMatch(/^a\.flac (is cut off or damaged: its header speaks of 5,000 samples|can't be decoded)/)
    expect((await failureOf(decodeSound(encodeFlac(tone(5000, 440, 8000), 8000, 2 ** 34), 'a.flac'))).message).toMatch(/holds more than/)
    const damaged = Uint8Array.from(whole)
    damaged[3000] = damaged[3000]! ^ 0xff
    expect((await failureOf(decodeSound(damaged, 'a.flac'))).message).toMatch(/^a\.flac /)
  })
})

describe('resampling', () => {
  test.each([[44_100, 16_000], [8000, 16_000], [48_000, 8000], [11_025, 16_000]])('from %i to %i keeps a tone below both Nyquist frequencies and its phase', (from, to) => {
    const out = resample(tone(from / 2, 1000, from), from, to)
    expect(out).toHaveLength(Math.ceil(Math.floor(from / 2) * to / from))
    const expected = tone(out.length, 1000, to)
    for (let at = Math.floor(out.length / 4); at < 3 * out.length / 4; at++) expect(Math.abs(out[at]! - expected[at]!)).toBeLessThan(1e-3)
  })

  it('takes out what the lower rate can’t carry, instead of folding it', () => {
    const out = resample(tone(22_050, 6000, 44_100), 44_100, 8000)
    expect(Math.max(...out.subarray(1000, 3000).map(Math.abs))).toBeLessThan(1e-3)
  })

  it('keeps what doesn’t change, and is the identity at the same rate', () => {
    const level = new Float32Array(2000).fill(0.7)
    for (const value of resample(level, 44_100, 16_000).subarray(100, 600)) expect(value).toBeCloseTo(0.7, 5)
    expect(resample(level, 8000, 8000)).toBe(level)
  })
})
