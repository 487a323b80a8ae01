import { Random } from '../random'
import { dot } from './dense'

export interface PrincipalComponents {
  /** [rows, components]: each row's coordinates. */
  points: Float32Array
  /** Unit vectors, [components, width]. */
  axes: Float32Array
  mean: Float32Array
  /** Share of the variance along each. */
  explained: Float32Array
}

const [extra, mostPasses, stream] = [6, 300, 0x9ca]

/**
 * The directions of the largest variance, exactly: eigenvectors of the covariance C = Σ(h − h̄)(h − h̄)ᵀ/n by subspace iteration
 * with Rayleigh–Ritz, until no axis turns any more. The largest component of each axis is positive.
 * @param rows [count, width]
 * @see Pearson 1901; Hotelling 1933; Stewart 1969 for the iteration
 */
export function principalComponents(rows: Float32Array, width: number, components: number): PrincipalComponents {
  const count = rows.length / width
  const kept = Math.min(components, width)
  const mean = new Float64Array(width)
  rows.forEach((value, at) => { mean[at % width]! += value / count })
  const covariance = covarianceOf(rows, width, mean)
  const { vectors, values } = leadingEigenvectors(covariance, width, kept)
  const total = Array.from({ length: width }, (_, at) => covariance[at * width + at]!).reduce((sum, value) => sum + value, 0)
  const points = new Float32Array(count * kept)
  const own = new Float64Array(width)
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < width; column++) own[column] = rows[row * width + column]! - mean[column]!
    for (let axis = 0; axis < kept; axis++) points[row * kept + axis] = dot(own, vectors[axis]!)
  }
  const axes = new Float32Array(kept * width)
  vectors.forEach((vector, axis) => { axes.set(vector, axis * width) })
  return { points, axes, mean: Float32Array.from(mean), explained: Float32Array.from(values, (value) => (total > 0 ? value / total : 0)) }
}

function covarianceOf(rows: Float32Array, width: number, mean: Float64Array): Float64Array {
  const count = rows.length / width
  const covariance = new Float64Array(width * width)
  const own = new Float64Array(width)
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < width; column++) own[column] = rows[row * width + column]! - mean[column]!
    for (let i = 0; i < width; i++) {
      const value = own[i]! / count
      for (let j = 0; j <= i; j++) covariance[i * width + j]! += value * own[j]!
    }
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) covariance[j * width + i] = covariance[i * width + j]!
  return covariance
}

/** Eigenvectors of the largest eigenvalues of a symmetric matrix without negative ones, largest first. */
export function leadingEigenvectors(matrix: Float64Array, size: number, wanted: number): { vectors: Float64Array[]; values: number[] } {
  const random = new Random(1, stream)
  const count = Math.min(size, wanted + extra)
  let basis = orthonormal(Array.from({ length: count }, () => Float64Array.from({ length: size }, () => random.normal())))
  let [vectors, values]: [Float64Array[], number[]] = [basis, []]
  for (let pass = 0; pass < mostPasses; pass++) {
    const images = basis.map((vector) => times(matrix, vector, size))
    const small = Float64Array.from({ length: count * count }, (_, at) => dot(basis[Math.floor(at / count)]!, images[at % count]!))
    const ritz = jacobi(small, count)
    const turned = ritz.vectors.map((coefficients) => combined(basis, coefficients))
    const still = vectors !== basis && turned.slice(0, wanted).every((vector, axis) => 1 - Math.abs(dot(vector, vectors[axis]!)) < 1e-13)
    ;[vectors, values] = [turned, ritz.values]
    if (still || count === size) break
    basis = orthonormal(ritz.vectors.map((coefficients) => combined(images, coefficients)))
  }
  return { vectors: vectors.slice(0, wanted).map(facingUp), values: values.slice(0, wanted).map((value) => Math.max(0, value)) }
}

/** All eigenvectors of a small symmetric matrix by Jacobi's rotations (1846), largest eigenvalue first. */
export function jacobi(matrix: Float64Array, size: number): { vectors: Float64Array[]; values: number[] } {
  const a = matrix.slice()
  const vectors = Array.from({ length: size }, (_, at) => Float64Array.from({ length: size }, (_v, other) => Number(at === other)))
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    let all = 0
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) [off, all] = [off + (i === j ? 0 : a[i * size + j]! ** 2), all + a[i * size + j]! ** 2]
    if (off <= 1e-30 * all) break
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, vectors, size, p, q)
  }
  const order = Array.from({ length: size }, (_, at) => at).sort((x, y) => a[y * size + y]! - a[x * size + x]!)
  return { vectors: order.map((at) => vectors[at]!), values: order.map((at) => a[at * size + at]!) }
}

function rotate(a: Float64Array, vectors: Float64Array[], size: number, p: number, q: number): void {
  const between = a[p * size + q]!
  if (between === 0) return
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * between)
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let k = 0; k < size; k++) {
    const [x, y] = [a[k * size + p]!, a[k * size + q]!]
    ;[a[k * size + p], a[k * size + q]] = [c * x - s * y, s * x + c * y]
  }
  for (let k = 0; k < size; k++) {
    const [x, y] = [a[p * size + k]!, a[q * size + k]!]
    ;[a[p * size + k], a[q * size + k]] = [c * x - s * y, s * x + c * y]
  }
  for (let k = 0; k < size; k++) {
    const [x, y] = [vectors[p]![k]!, vectors[q]![k]!]
    ;[vectors[p]![k], vectors[q]![k]] = [c * x - s * y, s * x + c * y]
  }
}

const times = (matrix: Float64Array, vector: Float64Array, size: number) => Float64Array.from({ length: size }, (_, row) => dot(matrix.subarray(row * size, (row + 1) * size), vector))

function combined(vectors: readonly Float64Array[], coefficients: Float64Array): Float64Array {
  const sum = new Float64Array(vectors[0]!.length)
  for (const [index, vector] of vectors.entries()) for (let at = 0; at < sum.length; at++) sum[at]! += coefficients[index]! * vector[at]!
  return sum
}

/** Modified Gram–Schmidt, each taken twice; what depends on those before it becomes zero. */
function orthonormal(vectors: Float64Array[]): Float64Array[] {
  const done: Float64Array[] = []
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector))
    for (let pass = 0; pass < 2; pass++) {
      for (const other of done) {
        const along = dot(vector, other)
        for (let at = 0; at < vector.length; at++) vector[at]! -= along * other[at]!
      }
    }
    const length = Math.sqrt(dot(vector, vector))
    done.push(vector.map((value) => (length > 1e-14 * before && length > 0 ? value / length : 0)))
  }
  return done
}

function facingUp(vector: Float64Array): Float64Array {
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0)
  return largest < 0 ? vector.map((value) => -value) : vector
}
