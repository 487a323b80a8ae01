/**
 * Small encoders for tests: what Unroll's readers must take, written from the formats' specifications, apart from its own code.
 */

export interface WavOptions { rate?: number; channels?: number; bits?: 8 | 16 | 24 | 32 | 64; float?: boolean; extensible?: boolean; extra?: Uint8Array }

/** Samples in −1 … 1, channels interleaved. */
export function encodeWav(samples: ArrayLike<number>, { rate = 8000, channels = 1, bits = 16, float = false, extensible = false, extra }: WavOptions = {}): Uint8Array {
  const width = bits / 8
  const format = Buffer.alloc(extensible ? 40 : 16)
  format.writeUInt16LE(extensible ? 0xfffe : float ? 3 : 1, 0)
  format.writeUInt16LE(channels, 2)
  format.writeUInt32LE(rate, 4)
  format.writeUInt32LE(rate * channels * width, 8)
  format.writeUInt16LE(channels * width, 12)
  format.writeUInt16LE(bits, 14)
  if (extensible) {
    format.writeUInt16LE(22, 16)
    format.writeUInt16LE(bits, 18)
    format.writeUInt16LE(float ? 3 : 1, 24)
  }
  const body = Buffer.alloc(samples.length * width)
  for (let index = 0; index < samples.length; index++) {
    const [value, at] = [samples[index]!, index * width]
    const whole = Math.max(-(2 ** (bits - 1)), Math.min(2 ** (bits - 1) - 1, Math.round(value * 2 ** (bits - 1))))
    if (float && bits === 64) body.writeDoubleLE(value, at)
    else if (float) body.writeFloatLE(value, at)
    else if (bits === 8) body.writeUInt8(whole + 128, at)
    else body.writeIntLE(whole, at, width)
  }
  const chunk = (id: string, content: Uint8Array) => {
    const head = Buffer.alloc(8)
    head.write(id, 0, 'latin1')
    head.writeUInt32LE(content.length, 4)
    return Buffer.concat([head, content, Buffer.alloc(content.length % 2)])
  }
  const chunks = Buffer.concat([chunk('fmt ', format), ...(extra ? [chunk('LIST', extra)] : []), chunk('data', body)])
  const head = Buffer.alloc(12)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(4 + chunks.length, 4)
  head.write('WAVE', 8, 'latin1')
  return Buffer.concat([head, chunks])
}

/** Most significant bit first. */
class Bits {
  private readonly bytes: number[] = []
  private pending = 0
  private count = 0

  put(value: number, width: number): this {
    for (let bit = width - 1; bit >= 0; bit--) {
      this.pending = (this.pending << 1) | Number((BigInt.asUintN(64, BigInt(value)) >> BigInt(bit)) & 1n)
      if (++this.count === 8) {
        this.bytes.push(this.pending)
        this.pending = this.count = 0
      }
    }
    return this
  }

  align(): Uint8Array {
    while (this.count > 0) this.put(0, 1)
    return Uint8Array.from(this.bytes)
  }
}

function crc(bytes: Uint8Array, polynomial: number, width: 8 | 16): number {
  let rest = 0
  for (const byte of bytes) {
    rest ^= byte << (width - 8)
    for (let bit = 0; bit < 8; bit++) rest = ((rest << 1) ^ (rest & (1 << (width - 1)) ? polynomial : 0)) & (2 ** width - 1)
  }
  return rest
}

const blockSize = 1024

/** Mono, 16 bits, verbatim subframes of 1,024 samples (RFC 9639). */
export function encodeFlac(samples: ArrayLike<number>, rate = 8000, claimed = samples.length): Uint8Array {
  const info = new Bits()
  info.put(blockSize, 16).put(blockSize, 16).put(0, 24).put(0, 24).put(rate, 20).put(0, 3).put(15, 5).put(claimed, 36)
  const blocks: Uint8Array[] = [Buffer.from('fLaC'), Uint8Array.of(0x80, 0, 0, 34), info.align(), new Uint8Array(16)]
  for (let from = 0, number = 0; from < samples.length; from += blockSize, number++) {
    const size = Math.min(blockSize, samples.length - from)
    const head = new Bits()
    // Sync and fixed block size; block size and rate in 16 bits each at the header's end; mono; 16 bits.
    head.put(0b11111111111110, 14).put(0, 2).put(0b0111, 4).put(0b1101, 4).put(0, 4).put(0b100, 3).put(0, 1)
    for (const byte of new TextEncoder().encode(String.fromCodePoint(number))) head.put(byte, 8)
    const header = head.put(size - 1, 16).put(rate, 16).align()
    const body = new Bits().put(0, 1).put(0b000001, 6).put(0, 1)
    for (let at = 0; at < size; at++) body.put(Math.max(-32768, Math.min(32767, Math.round(samples[from + at]! * 32768))), 16)
    const frame = Buffer.concat([header, Uint8Array.of(crc(header, 0x07, 8)), body.align()])
    const check = crc(frame, 0x8005, 16)
    blocks.push(frame, Uint8Array.of(check >> 8, check & 255))
  }
  return Buffer.concat(blocks)
}

/**
 * An MP3 file (MPEG-1 layer III, 44.1 kHz, mono, 64 kbit/s) whose every granule holds one line of the cosine transform: a tone
 * about (line + ½) · 44100 / 1152 Hz. Huffman table 1 codes pairs of 0 and ±1 (ISO/IEC 11172-3, table 3-B.7).
 */
export function encodeMp3Tone(frames: number, line: number): Uint8Array {
  // 144 · 64000 / 44100 = 208 bytes and a part, which padding would fill; without it each frame is a fraction short, as allowed.
  const frameBytes = 208
  const pairs = Math.floor(line / 2) + 1
  const main = new Bits()
  let length = 0
  for (let pair = 0; pair < pairs; pair++) {
    const last = pair === pairs - 1
    // (0,0) "1", (1,0) "01", (0,1) "001", each with a sign bit for what isn't 0.
    if (!last) { main.put(1, 1); length += 1 }
    else if (line % 2 === 0) { main.put(0b01, 2).put(0, 1); length += 3 }
    else { main.put(0b001, 3).put(0, 1); length += 4 }
  }
  const granule = main.align()
  const pages: Uint8Array[] = []
  for (let frame = 0; frame < frames; frame++) {
    const side = new Bits().put(0, 9).put(0, 5).put(0, 4)
    for (let each = 0; each < 2; each++) {
      // Length, big values, gain, scale factors, no window switching, three tables, regions, no preflag, scale and count table.
      side.put(each === 0 ? granule.length * 8 : length, 12).put(pairs, 9).put(200, 8).put(0, 4).put(0, 1).put(1, 5).put(1, 5).put(1, 5).put(15, 4).put(7, 3).put(0, 1).put(0, 1).put(0, 1)
    }
    const content = Buffer.concat([Uint8Array.of(0xff, 0xfb, 0x50, 0xc4), side.align(), granule, granule])
    pages.push(Buffer.concat([content, new Uint8Array(frameBytes - content.length)]))
  }
  return Buffer.concat(pages)
}
