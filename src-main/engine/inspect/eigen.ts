/**
 * Eigenvalues of any real square matrix, largest modulus first: brought to Hessenberg form by Householder reflections, then by
 * QR steps with Wilkinson's shift in complex arithmetic, each eigenvalue split off as its subdiagonal vanishes.
 * @param matrix [size, size] row-major; not changed
 * @throws RangeError when an eigenvalue doesn't come out, or a number isn't finite
 * @see Golub & Van Loan 2013, "Matrix Computations", 7.4 and 7.5
 */
export function eigenvalues(matrix: ArrayLike<number>, size: number): { re: Float64Array; im: Float64Array } {
  const re = Float64Array.from(matrix)
  if (re.some((value) => !Number.isFinite(value))) throw new RangeError('A matrix with numbers that are not finite has no eigenvalues.')
  const im = new Float64Array(size * size)
  hessenberg(re, size)
  const found = { re: new Float64Array(size), im: new Float64Array(size) }
  let norm = 0
  for (const value of re) norm = Math.max(norm, Math.abs(value))
  let last = size - 1
  for (let tries = 0; last >= 0;) {
    let first = last
    while (first > 0 && magnitude(re, im, first * size + first - 1) > 1e-15 * (magnitude(re, im, first * size + first) + magnitude(re, im, (first - 1) * size + first - 1) || norm)) first--
    if (first === last) {
      found.re[last] = re[last * size + last]!
      found.im[last] = im[last * size + last]!
      last--
      tries = 0
      continue
    }
    if (++tries > 60) throw new RangeError('The eigenvalues did not come out.')
    // Now and then a shift that nothing suggests, against going round in circles.
    const shift = tries % 11 === 10 ? { re: re[last * size + last]! + magnitude(re, im, last * size + last - 1), im: im[last * size + last]! } : wilkinson(re, im, size, last)
    step(re, im, size, first, last, shift)
  }
  // Eigenvalues of a real matrix come in pairs; what is left of an imaginary part beside one is rounding.
  for (let at = 0; at < size; at++) if (Math.abs(found.im[at]!) < 1e-12 * Math.max(norm, 1e-300)) found.im[at] = 0
  const order = [...found.re.keys()].sort((a, b) => Math.hypot(found.re[b]!, found.im[b]!) - Math.hypot(found.re[a]!, found.im[a]!) || found.im[b]! - found.im[a]!)
  return { re: Float64Array.from(order, (at) => found.re[at]!), im: Float64Array.from(order, (at) => found.im[at]!) }
}

const magnitude = (re: Float64Array, im: Float64Array, at: number): number => Math.abs(re[at]!) + Math.abs(im[at]!)

/** Zeros below the first subdiagonal, by similar matrices. */
function hessenberg(a: Float64Array, size: number): void {
  const v = new Float64Array(size)
  for (let k = 0; k < size - 2; k++) {
    let length = 0
    for (let i = k + 1; i < size; i++) length = Math.hypot(length, a[i * size + k]!)
    if (length === 0) continue
    const alpha = a[(k + 1) * size + k]! > 0 ? -length : length
    for (let i = k + 1; i < size; i++) v[i] = a[i * size + k]!
    v[k + 1]! -= alpha
    let square = 0
    for (let i = k + 1; i < size; i++) square += v[i]! ** 2
    if (square === 0) continue
    for (let column = k; column < size; column++) {
      let sum = 0
      for (let i = k + 1; i < size; i++) sum += v[i]! * a[i * size + column]!
      for (let i = k + 1; i < size; i++) a[i * size + column]! -= 2 * sum / square * v[i]!
    }
    for (let row = 0; row < size; row++) {
      let sum = 0
      for (let i = k + 1; i < size; i++) sum += a[row * size + i]! * v[i]!
      for (let i = k + 1; i < size; i++) a[row * size + i]! -= 2 * sum / square * v[i]!
    }
    for (let i = k + 2; i < size; i++) a[i * size + k] = 0
  }
}

/** The eigenvalue of the last 2 × 2 block that is nearer to its last element. */
function wilkinson(re: Float64Array, im: Float64Array, size: number, last: number): { re: number; im: number } {
  const at = (row: number, column: number) => ({ re: re[row * size + column]!, im: im[row * size + column]! })
  const [a, b, c, d] = [at(last - 1, last - 1), at(last - 1, last), at(last, last - 1), at(last, last)]
  const [halfRe, halfIm] = [(a.re - d.re) / 2, (a.im - d.im) / 2]
  // λ = d + h ± √(h² + bc), h = (a − d)/2
  const [squareRe, squareIm] = [halfRe ** 2 - halfIm ** 2 + b.re * c.re - b.im * c.im, 2 * halfRe * halfIm + b.re * c.im + b.im * c.re]
  const root = squareRoot(squareRe, squareIm)
  const sign = halfRe * root.re + halfIm * root.im > 0 ? -1 : 1
  return { re: d.re + halfRe + sign * root.re, im: d.im + halfIm + sign * root.im }
}

function squareRoot(re: number, im: number): { re: number; im: number } {
  const size = Math.hypot(re, im)
  const real = Math.sqrt(Math.max(0, (size + re) / 2))
  return { re: real, im: (im < 0 ? -1 : 1) * Math.sqrt(Math.max(0, (size - re) / 2)) }
}

/** H − σ = Q R, then R Q + σ, over rows and columns first..last, by Givens rotations. */
function step(re: Float64Array, im: Float64Array, size: number, first: number, last: number, shift: { re: number; im: number }): void {
  const count = last - first
  const [cosines, sineRe, sineIm] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)]
  for (let k = first; k <= last; k++) {
    re[k * size + k]! -= shift.re
    im[k * size + k]! -= shift.im
  }
  for (let k = first; k < last; k++) {
    const [p, q] = [k * size, (k + 1) * size]
    const [ar, ai, br] = [re[p + k]!, im[p + k]!, re[q + k]!]
    const bi = im[q + k]!
    const [sizeA, sizeB] = [Math.hypot(ar, ai), Math.hypot(br, bi)]
    const whole = Math.hypot(sizeA, sizeB)
    // c real, s complex: [c s; −s̄ c] turns (a, b) into (r, 0).
    const c = whole === 0 ? 1 : sizeA / whole
    let [sr, si] = [0, 0]
    if (whole > 0 && sizeA > 0) [sr, si] = [(ar * br + ai * bi) / sizeA / whole, (ai * br - ar * bi) / sizeA / whole]
    else if (whole > 0) [sr, si] = [br / sizeB, -bi / sizeB]
    const index = k - first
    ;[cosines[index], sineRe[index], sineIm[index]] = [c, sr, si]
    for (let column = k; column <= last; column++) {
      const [xr, xi, yr, yi] = [re[p + column]!, im[p + column]!, re[q + column]!, im[q + column]!]
      re[p + column] = c * xr + sr * yr - si * yi
      im[p + column] = c * xi + sr * yi + si * yr
      re[q + column] = c * yr - sr * xr - si * xi
      im[q + column] = c * yi - sr * xi + si * xr
    }
  }
  for (let k = first; k < last; k++) {
    const index = k - first
    const [c, sr, si] = [cosines[index]!, sineRe[index]!, sineIm[index]!]
    for (let row = first; row <= Math.min(k + 1, last); row++) {
      const at = row * size + k
      const [xr, xi, yr, yi] = [re[at]!, im[at]!, re[at + 1]!, im[at + 1]!]
      re[at] = c * xr + sr * yr + si * yi
      im[at] = c * xi + sr * yi - si * yr
      re[at + 1] = c * yr - sr * xr + si * xi
      im[at + 1] = c * yi - sr * xi - si * xr
    }
  }
  for (let k = first; k <= last; k++) {
    re[k * size + k]! += shift.re
    im[k * size + k]! += shift.im
  }
}
