/** Zero crossings of the sinc on either side: stop band below −80 dB. */
const crossings = 32
const beta = 9
/** Share of the lower of the two Nyquist frequencies that is kept whole. */
const rolloff = 0.945

/**
 * Samples at another rate, by windowed-sinc interpolation:
 *   y_m = Σ_n x_n · c h(c (m r / q − n)),   h(t) = sinc(t) · I₀(β √(1 − (t/32)²)) / I₀(β) for |t| < 32
 * r / q the ratio of the old rate to the new, c = 0.945 · min(1, q / r) the cutoff, so that what the new rate can't carry is
 * taken out before it would fold. The filter's weights are those of each phase of the ratio in lowest terms, and sum to 1.
 * @returns ⌈length · to / from⌉ samples
 * @see Smith, Digital Audio Resampling, ccrma.stanford.edu/~jos/resample; Kaiser 1974 for the window
 */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples
  const common = divisor(from, to)
  const [down, up] = [from / common, to / common]
  const cutoff = rolloff * Math.min(1, to / from)
  const reach = Math.ceil(crossings / cutoff)
  const length = Math.ceil(samples.length * up / down)
  const kernels = new Map<number, Float64Array>()
  const result = new Float32Array(length)
  for (let index = 0; index < length; index++) {
    // m r / q = middle + phase / up
    const [middle, phase] = [Math.floor(index * down / up), (index * down) % up]
    let kernel = kernels.get(phase)
    if (kernel === undefined) {
      kernel = kernelAt(phase / up, cutoff, reach)
      // 44,100 to 16,000 has 160 phases; a ratio of primes has too many to keep.
      if (kernels.size < 4096) kernels.set(phase, kernel)
    }
    let sum = 0
    for (let tap = Math.max(0, reach - middle); tap < kernel.length; tap++) {
      const at = middle - reach + tap
      if (at >= samples.length) break
      sum += kernel[tap]! * samples[at]!
    }
    result[index] = sum
  }
  return result
}

/** Weights of x_{middle − reach} … x_{middle + reach + 1}. */
function kernelAt(offset: number, cutoff: number, reach: number): Float64Array {
  const kernel = Float64Array.from({ length: 2 * reach + 2 }, (_, tap) => windowedSinc(cutoff * (offset + reach - tap)))
  const sum = kernel.reduce((total, weight) => total + weight, 0)
  return kernel.map((weight) => weight / sum)
}

function windowedSinc(t: number): number {
  const share = t / crossings
  if (Math.abs(share) >= 1) return 0
  const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t)
  return sinc * bessel(beta * Math.sqrt(1 - share * share)) / bessel(beta)
}

/** I₀(x) = Σ_k ((x/2)^k / k!)² */
function bessel(x: number): number {
  let [sum, term] = [1, 1]
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
