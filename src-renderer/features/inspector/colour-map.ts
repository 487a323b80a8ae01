export type Rgb = readonly [red: number, green: number, blue: number]

const LEVELS = 255
/** What is no number must not look like one. */
const NOT_A_NUMBER: Rgb = [214, 40, 190]

/**
 * A diverging scale: −limit, 0 and +limit at three colours, values between them mixed, values beyond them at the ends.
 * Looked up, not computed: a heatmap asks for millions of colours.
 */
export class ColourMap {
  readonly #packed = new Uint32Array(LEVELS + 1)

  constructor(readonly limit: number, readonly negative: Rgb, readonly zero: Rgb, readonly positive: Rgb) {
    for (let level = 0; level < LEVELS; level++) this.#packed[level] = pack(this.#mix((level / (LEVELS - 1)) * 2 - 1))
    this.#packed[LEVELS] = pack(NOT_A_NUMBER)
  }

  /** The colour as one little-endian RGBA word, as ImageData stores it. */
  packed(value: number): number {
    return this.#packed[this.#level(value)]!
  }

  rgb(value: number): Rgb {
    const word = this.packed(value)
    return [word & 255, (word >>> 8) & 255, (word >>> 16) & 255]
  }

  css(value: number): string {
    return `rgb(${this.rgb(value).join(' ')})`
  }

  /** Black or white, whichever is read more easily on the value's colour. */
  ink(value: number): '#000000' | '#ffffff' {
    return luminance(this.rgb(value)) > 0.179 ? '#000000' : '#ffffff'
  }

  #level(value: number): number {
    if (!Number.isFinite(value)) return LEVELS
    const share = (value / this.limit + 1) / 2
    return Math.round(Math.min(1, Math.max(0, share)) * (LEVELS - 1))
  }

  #mix(value: number): Rgb {
    const end = value < 0 ? this.negative : this.positive
    const share = Math.abs(value)
    const channel = (index: 0 | 1 | 2) => Math.round(this.zero[index] + (end[index] - this.zero[index]) * share)
    return [channel(0), channel(1), channel(2)]
  }
}

const pack = ([red, green, blue]: Rgb): number => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

/** "#2a5fb0" → its channels; null for anything else. */
export function parseHex(colour: string): Rgb | null {
  const hex = /^#([\da-f]{6})$/i.exec(colour.trim())?.[1]
  if (!hex) return null
  const word = Number.parseInt(hex, 16)
  return [word >> 16, (word >> 8) & 255, word & 255]
}

/** The theme's diverging scale, read from its tokens. */
export function themeColourMap(element: Element, limit: number): ColourMap {
  const style = getComputedStyle(element)
  const token = (name: string, fallback: Rgb) => parseHex(style.getPropertyValue(name)) ?? fallback
  return new ColourMap(limit, token('--heat-negative', [42, 95, 176]), token('--heat-zero', [245, 246, 246]), token('--heat-positive', [184, 69, 15]))
}
