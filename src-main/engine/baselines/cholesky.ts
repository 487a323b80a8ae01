/** L of A = L Lᵀ in place, below the diagonal; @returns how many leading columns are independent of those before them */
export function factor(matrix: Float64Array, width: number): number {
  for (let j = 0; j < width; j++) {
    const diagonal = matrix[j * width + j]!
    let pivot = diagonal
    for (let k = 0; k < j; k++) pivot -= matrix[j * width + k]! ** 2
    if (!(pivot > diagonal * 1e-10)) return j
    matrix[j * width + j] = Math.sqrt(pivot)
    for (let i = j + 1; i < width; i++) {
      let sum = matrix[i * width + j]!
      for (let k = 0; k < j; k++) sum -= matrix[i * width + k]! * matrix[j * width + k]!
      matrix[i * width + j] = sum / matrix[j * width + j]!
    }
  }
  return width
}

/** L z = b for the leading block. */
export function solveLower(factored: Float64Array, right: Float64Array, width: number, size: number): Float64Array {
  const z = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    let sum = right[i]!
    for (let k = 0; k < i; k++) sum -= factored[i * width + k]! * z[k]!
    z[i] = sum / factored[i * width + i]!
  }
  return z
}

/** Lᵀ x = z for the leading block. */
export function solveUpper(factored: Float64Array, z: Float64Array, width: number, size: number): Float64Array {
  const x = new Float64Array(size)
  for (let i = size - 1; i >= 0; i--) {
    let sum = z[i]!
    for (let k = i + 1; k < size; k++) sum -= factored[k * width + i]! * x[k]!
    x[i] = sum / factored[i * width + i]!
  }
  return x
}
