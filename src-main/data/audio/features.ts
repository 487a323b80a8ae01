import { powerSpectra, transformSize } from './spectrum'

/** Below this a band counts as silent, so that its logarithm is a number. */
const leastPower = 1e-10

export interface FeatureSettings {
  features: 'log-mel' | 'mfcc'
  /** Samples a second. */
  rate: number
  /** Seconds of a frame, and between two frames' starts. */
  frame: number
  hop: number
  /** Mel bands, between two frequencies in hertz. */
  bands: number
  lowest: number
  highest: number
  /** Cepstral coefficients; of MFCC alone. */
  coefficients: number
}

/** Frames of features, [frames, width]. */
export interface Features { frames: number; width: number; values: Float32Array }

/** m = 2595 log₁₀(1 + f / 700). @see O'Shaughnessy 1987 */
export const toMel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700)
export const fromMel = (mel: number): number => 700 * (10 ** (mel / 2595) - 1)

/** N and hop in samples. */
export const frameSamples = ({ rate, frame, hop }: Pick<FeatureSettings, 'rate' | 'frame' | 'hop'>): { size: number; step: number } => ({ size: Math.max(2, Math.round(frame * rate)), step: Math.max(1, Math.round(hop * rate)) })

/**
 * What a network hears of a recording, frame by frame.
 *   log-mel  L_{m,b} = ln max(Σ_k H_{b,k} P_{m,k}, 10⁻¹⁰)
 *   MFCC     C_{m,i} = s_i Σ_b L_{m,b} cos(π i (b + ½) / B),   s_0 = √(1/B), s_i = √(2/B)
 * P is `powerSpectra`, H `melFilters`. MFCC are the first coefficients of the orthonormal cosine transform of the log-mel bands.
 * @see Davis & Mermelstein 1980
 */
export class FeatureExtractor {
  private readonly filters: { first: number; weights: Float64Array }[]
  private readonly cosines: Float64Array | null
  readonly width: number

  constructor(private readonly settings: FeatureSettings) {
    const { features, bands, coefficients } = settings
    this.filters = melFilters(settings)
    this.cosines = features === 'mfcc' ? cosineTransform(bands, coefficients) : null
    this.width = features === 'mfcc' ? coefficients : bands
  }

  /** @param samples at `settings.rate` */
  of(samples: Float32Array): Features {
    const { size, step } = frameSamples(this.settings)
    const { frames, bins, power } = powerSpectra(samples, size, step)
    const { filters, cosines, width } = this
    const values = new Float32Array(frames * width)
    const bands = new Float64Array(filters.length)
    for (let frame = 0; frame < frames; frame++) {
      filters.forEach(({ first, weights }, band) => {
        let sum = 0
        for (let at = 0; at < weights.length; at++) sum += weights[at]! * power[frame * bins + first + at]!
        bands[band] = Math.log(Math.max(sum, leastPower))
      })
      for (let at = 0; at < width; at++) {
        let value = bands[at]!
        if (cosines !== null) {
          value = 0
          for (let band = 0; band < bands.length; band++) value += cosines[at * bands.length + band]! * bands[band]!
        }
        values[frame * width + at] = value
      }
    }
    return { frames, width, values }
  }

  /** "412 Hz", the middle of each band; "C0" … of each coefficient. */
  get names(): string[] {
    const { bands, lowest, highest } = this.settings
    if (this.cosines !== null) return Array.from({ length: this.width }, (_, at) => `C${at}`)
    return edgesOf(bands, lowest, highest).slice(1, -1).map((hertz) => `${Math.round(hertz)} Hz`)
  }
}

/**
 * Triangles of height 1 whose corners f_0 … f_{B+1} lie evenly on the mel scale between `lowest` and `highest`:
 *   H_b(f) = max(0, min((f − f_b) / (f_{b+1} − f_b), (f_{b+2} − f) / (f_{b+2} − f_{b+1})))   at f = k · rate / F
 * @returns of each band its first bin that isn't 0 and the weights from there on
 */
export function melFilters({ rate, frame, hop, bands, lowest, highest }: FeatureSettings): { first: number; weights: Float64Array }[] {
  const points = transformSize(frameSamples({ rate, frame, hop }).size)
  const edges = edgesOf(bands, lowest, highest)
  return Array.from({ length: bands }, (_, band) => {
    const [low, middle, high] = edges.slice(band, band + 3) as [number, number, number]
    const weights = Array.from({ length: points / 2 + 1 }, (_unused, bin) => {
      const f = bin * rate / points
      return Math.max(0, Math.min((f - low) / (middle - low), (high - f) / (high - middle)))
    })
    const first = Math.max(0, weights.findIndex((weight) => weight > 0))
    return { first, weights: Float64Array.from(weights.slice(first, weights.findLastIndex((weight) => weight > 0) + 1)) }
  })
}

function edgesOf(bands: number, lowest: number, highest: number): number[] {
  const [from, to] = [toMel(lowest), toMel(highest)]
  return Array.from({ length: bands + 2 }, (_, at) => fromMel(from + (to - from) * at / (bands + 1)))
}

/** The first rows of the orthonormal DCT-II. */
function cosineTransform(bands: number, coefficients: number): Float64Array {
  return Float64Array.from({ length: coefficients * bands }, (_, at) => {
    const [row, band] = [Math.floor(at / bands), at % bands]
    return Math.sqrt((row === 0 ? 1 : 2) / bands) * Math.cos(Math.PI * row * (band + 0.5) / bands)
  })
}
