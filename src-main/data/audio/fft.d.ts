declare module 'fft.js' {
  /** Fast Fourier transform of a power of two of points; complex numbers lie as pairs in plain arrays. */
  export default class FFT {
    constructor(size: number)
    createComplexArray(): number[]
    /** The first half of the spectrum of real input. */
    realTransform(output: number[], input: ArrayLike<number>): void
  }
}
