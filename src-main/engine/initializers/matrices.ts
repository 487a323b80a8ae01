import type { Random } from '../random'

/** `count` numbers, uniform in ±bound. */
export const uniform = (count: number, bound: number, random: Random): Float32Array => Float32Array.from({ length: count }, () => (2 * random.uniform() - 1) * bound)

/** The identity, [size, size] row-major. */
export function identity(size: number): Float32Array {
  const matrix = new Float32Array(size * size)
  for (let at = 0; at < size; at++) matrix[at * size + at] = 1
  return matrix
}

/**
 * A random orthogonal matrix, evenly distributed (Haar): Gaussian rows made orthonormal one after another by modified
 * Gram–Schmidt in Float64, each taken twice, since once leaves a rest where rows are nearly parallel.
 * @returns [size, size] row-major
 * @see Giraud, Langou & Rozložník 2005, "twice is enough"
 */
export function orthogonal(size: number, random: Random): Float32Array {
  const rows: Float64Array[] = []
  while (rows.length < size) {
    const row = Float64Array.from({ length: size }, () => random.normal())
    for (let pass = 0; pass < 2; pass++) {
      for (const other of rows) {
        const along = dot(row, other)
        for (let at = 0; at < size; at++) row[at]! -= along * other[at]!
      }
    }
    const length = Math.sqrt(dot(row, row))
    rows.push(row.map((value) => value / length))
  }
  const matrix = new Float32Array(size * size)
  for (const [index, row] of rows.entries()) matrix.set(row, index * size)
  return matrix
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}
