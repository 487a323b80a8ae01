import FFT from 'fft.js'

/**
 * Power spectra of overlapping frames:
 *   P_{m,k} = |Σ_{n<N} w_n x_{m·hop + n} e^{−2πi k n / F}|²,   w_n = ½ − ½ cos(2π n / N)   (Hann, periodic)
 * F is the power of two from N on. Frames lie within the recording; a shorter one is filled up with zeros to one frame.
 * @param size N, samples of a frame   @param hop samples between two frames' starts
 * @returns frames × (F/2 + 1), frame by frame
 * @see Oppenheim & Schafer, Discrete-Time Signal Processing, chapter 10
 */
export function powerSpectra(samples: Float32Array, size: number, hop: number): { frames: number; bins: number; power: Float64Array } {
  const points = transformSize(size)
  const bins = points / 2 + 1
  const frames = framesIn(samples.length, size, hop)
  const fft = new FFT(points)
  const window = Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos(2 * Math.PI * n / size))
  const [input, output] = [new Array<number>(points).fill(0), fft.createComplexArray()]
  const power = new Float64Array(frames * bins)
  for (let frame = 0; frame < frames; frame++) {
    for (let n = 0; n < size; n++) input[n] = window[n]! * (samples[frame * hop + n] ?? 0)
    fft.realTransform(output, input)
    for (let bin = 0; bin < bins; bin++) power[frame * bins + bin] = output[2 * bin]! ** 2 + output[2 * bin + 1]! ** 2
  }
  return { frames, bins, power }
}

export const framesIn = (length: number, size: number, hop: number): number => (length <= size ? 1 : 1 + Math.floor((length - size) / hop))

/** The power of two from `size` on, at least 2. */
export const transformSize = (size: number): number => 2 ** Math.max(1, Math.ceil(Math.log2(size)))
