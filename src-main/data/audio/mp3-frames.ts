/** Bytes and samples of an MPEG audio frame of layer III, by its header. @see ISO/IEC 11172-3, 2.4.2.3; 13818-3 for lower rates */
export interface FrameHeader { bytes: number; rate: number; channels: 1 | 2; samples: number; /** Where a Xing or Info tag would stand. */ tagAt: number }

/** Kilobits a second by index, of MPEG 1 and of MPEG 2 and 2.5. */
const bitrates = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const
const rates = [44_100, 48_000, 32_000] as const
const [mpeg1, reserved, mpeg25] = [3, 1, 0]
const layer3 = 1

/** What begins at `at`: a frame of layer III; or why none does that could be read. */
export function frameAt(bytes: Uint8Array, at: number): FrameHeader | 'nothing' | 'another layer' | 'free format' {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return 'nothing'
  const [second, third, fourth] = [bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!]
  const [version, layer, bitrate, rateIndex] = [second >> 3 & 3, second >> 1 & 3, third >> 4, third >> 2 & 3]
  if (version === reserved || layer === 0 || bitrate === 15 || rateIndex === 3) return 'nothing'
  if (layer !== layer3) return 'another layer'
  if (bitrate === 0) return 'free format'
  const low = version === mpeg1 ? 0 : 1
  const rate = rates[rateIndex]! / (version === mpeg1 ? 1 : version === mpeg25 ? 4 : 2)
  const samples = low ? 576 : 1152
  const channels = fourth >> 6 === 3 ? 1 : 2
  const side = low ? (channels === 1 ? 9 : 17) : channels === 1 ? 17 : 32
  return { bytes: Math.floor(samples * bitrates[low][bitrate]! * 125 / rate) + (third >> 1 & 1), rate, channels, samples, tagAt: at + 4 + side }
}

/** Bytes of a tag that stands between frames (ID3 at the beginning or the end, APE, lyrics); 0: none does. */
export function tagBytes(bytes: Uint8Array, at: number): number {
  const is = (word: string) => [...word].every((letter, index) => bytes[at + index] === letter.charCodeAt(0))
  if (is('ID3') && at + 10 <= bytes.length) {
    const [a, b, c, d] = bytes.subarray(at + 6, at + 10) as unknown as [number, number, number, number]
    if ((a | b | c | d) < 128) return 10 + (a << 21 | b << 14 | c << 7 | d) + (bytes[at + 5]! & 0x10 ? 10 : 0)
  }
  if (is('TAG')) return 128
  if (is('APETAGEX') && at + 32 <= bytes.length) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const [size, header] = [view.getUint32(at + 12, true), view.getUint32(at + 20, true) & 0x2000_0000]
    return header ? size + 32 : 32
  }
  return is('LYRICSBEGIN') ? bytes.length - at : 0
}

/**
 * What an encoder says of the silence it put before and after the sound (in a frame that holds no sound).
 * @returns null: the frame is sound
 */
export function gaplessTag(bytes: Uint8Array, { tagAt }: FrameHeader): { before: number; after: number } | null {
  const word = String.fromCharCode(...bytes.subarray(tagAt, tagAt + 4))
  if (word !== 'Xing' && word !== 'Info') return null
  const flags = bytes[tagAt + 7] ?? 0
  const encoder = tagAt + 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0)
  if (encoder + 24 > bytes.length || !/^(LAME|Lavf|Lavc|GOGO)/.test(String.fromCharCode(...bytes.subarray(encoder, encoder + 4)))) return { before: 0, after: 0 }
  const [a, b, c] = bytes.subarray(encoder + 21, encoder + 24) as unknown as [number, number, number]
  const [before, after] = [a << 4 | b >> 4, (b & 15) << 8 | c]
  return { before: before + decoderDelay, after: Math.max(0, after - decoderDelay) }
}

/** Samples that any decoder of layer III is late by: 528 of the transforms, and one. */
const decoderDelay = 529
