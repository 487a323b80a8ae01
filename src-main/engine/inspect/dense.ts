/** Small dense linear algebra in Float64, row-major. */

/**
 * Solves A x = b for symmetric positive definite A by A = L Lᵀ, in place of A's lower half.
 * @param right [size, columns], replaced by the solution
 * @returns false when A isn't positive definite
 */
export function solvePositive(matrix: Float64Array, right: Float64Array, size: number, columns = 1): boolean {
  for (let j = 0; j < size; j++) {
    let pivot = matrix[j * size + j]!
    for (let k = 0; k < j; k++) pivot -= matrix[j * size + k]! ** 2
    if (!(pivot > 0)) return false
    const diagonal = Math.sqrt(pivot)
    matrix[j * size + j] = diagonal
    for (let i = j + 1; i < size; i++) {
      let sum = matrix[i * size + j]!
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!
      matrix[i * size + j] = sum / diagonal
    }
  }
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < size; i++) {
      let sum = right[i * columns + column]!
      for (let k = 0; k < i; k++) sum -= matrix[i * size + k]! * right[k * columns + column]!
      right[i * columns + column] = sum / matrix[i * size + i]!
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = right[i * columns + column]!
      for (let k = i + 1; k < size; k++) sum -= matrix[k * size + i]! * right[k * columns + column]!
      right[i * columns + column] = sum / matrix[i * size + i]!
    }
  }
  return true
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}
