import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assign } from '@main/engine/inspect/assignment'
import { eigenvalues } from '@main/engine/inspect/eigen'
import { leadingEigenvectors, principalComponents } from '@main/engine/inspect/pca'
import { clusterOrder, varianceOrder } from '@main/engine/inspect/unit-order'
import { createWork } from '@main/engine/inspect/work'
import { orthogonal } from '@main/engine/initializers/matrices'
import { Random } from '@main/engine/random'
import { numbers } from '../primitives/case'

const work = createWork()
const matrix = (seed: number, size: number, scale = 1) => Float64Array.from(numbers(seed, size * size, scale))

/** |det(A − λI)| by complex Gaussian elimination, over the product of the pivots' usual size: 0 at an eigenvalue. */
function determinantAt(a: ArrayLike<number>, size: number, re: number, im: number): number {
  const rows = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_c, j) => [a[i * size + j]! - (i === j ? re : 0), i === j ? -im : 0] as [number, number]))
  let smallest = Infinity
  for (let k = 0; k < size; k++) {
    const pivot = rows.slice(k).reduce((best, _row, at) => (Math.hypot(...rows[k + at]![k]!) > Math.hypot(...rows[best]![k]!) ? k + at : best), k)
    ;[rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!]
    const [pr, pi] = rows[k]![k]!
    const square = pr * pr + pi * pi
    smallest = Math.min(smallest, Math.sqrt(square))
    if (square === 0) return 0
    for (let i = k + 1; i < size; i++) {
      const [xr, xi] = rows[i]![k]!
      const [fr, fi] = [(xr * pr + xi * pi) / square, (xi * pr - xr * pi) / square]
      for (let j = k; j < size; j++) {
        const [yr, yi] = rows[k]![j]!
        rows[i]![j]![0] -= fr * yr - fi * yi
        rows[i]![j]![1] -= fr * yi + fi * yr
      }
    }
  }
  return smallest
}

describe('eigenvalues of a real matrix', () => {
  test('make A − λI singular, and sum and multiply to trace and determinant', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 1e6 }), (size, seed) => {
      const a = matrix(seed, size)
      const { re, im } = eigenvalues(a, size)
      for (let at = 0; at < size; at++) expect(determinantAt(a, size, re[at]!, im[at]!)).toBeLessThan(1e-9)
      const trace = Array.from({ length: size }, (_, at) => a[at * size + at]!).reduce((sum, value) => sum + value, 0)
      expect(re.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 9)
      expect(im.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9)
    }), { numRuns: 150 })
  })

  test('of known matrices are known', () => {
    const of = (size: number, ...values: number[]) => {
      const { re, im } = eigenvalues(values, size)
      return [...re.keys()].map((at) => [Math.round(re[at]! * 1e9) / 1e9 + 0, Math.round(im[at]! * 1e9) / 1e9 + 0])
    }
    expect(of(2, 0, 1, -1, 0)).toEqual([[0, 1], [0, -1]])
    expect(of(3, 2, 0, 0, 0, -3, 0, 0, 0, 1)).toEqual([[-3, 0], [2, 0], [1, 0]])
    // A permutation of three: the cube roots of 1.
    const roots = of(3, 0, 0, 1, 1, 0, 0, 0, 1, 0)
    for (const [x, y] of [[1, 0], [-0.5, Math.sqrt(0.75)], [-0.5, -Math.sqrt(0.75)]] as const) expect(roots.some(([re, im]) => Math.hypot(re! - x, im! - y) < 1e-8)).toBe(true)
    expect(of(2, 0, 0, 0, 0)).toEqual([[0, 0], [0, 0]])
    expect(() => eigenvalues([NaN], 1)).toThrow(RangeError)
  })

  test('of an orthogonal matrix lie on the unit circle', () => {
    const { re, im } = eigenvalues(orthogonal(96, new Random(4)), 96)
    for (let at = 0; at < 96; at++) expect(Math.hypot(re[at]!, im[at]!)).toBeCloseTo(1, 5)
  })
})

describe('principal components', () => {
  test('are eigenvectors of the covariance, orthonormal, in order, and carry its variance', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1, max: 1e6 }), (width, seed) => {
      const a = matrix(seed, width)
      const symmetric = Float64Array.from({ length: width * width }, (_, at) => Array.from({ length: width }, (_k, k) => a[Math.floor(at / width) * width + k]! * a[at % width * width + k]!).reduce((sum, value) => sum + value, 0))
      const { vectors, values } = leadingEigenvectors(symmetric, width, 3)
      vectors.forEach((vector, axis) => {
        const image = Float64Array.from({ length: width }, (_, row) => vector.reduce((sum, value, column) => sum + value * symmetric[row * width + column]!, 0))
        image.forEach((value, row) => { expect(Math.abs(value - values[axis]! * vector[row]!)).toBeLessThan(2e-4 * values[0]!) })
        expect(vector.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 9)
        if (axis > 0) expect(values[axis]!).toBeLessThanOrEqual(values[axis - 1]! * (1 + 1e-9))
      })
    }), { numRuns: 60 })
  })

  test('of a plane in ten dimensions are that plane', () => {
    const random = new Random(2)
    const rows = new Float32Array(500 * 10)
    for (let row = 0; row < 500; row++) {
      const [a, b] = [3 * random.normal(), random.normal()]
      for (let column = 0; column < 10; column++) rows[row * 10 + column] = 5 + (column === 2 ? a : 0) + (column === 7 ? b : 0)
    }
    const { explained, axes, points } = principalComponents(rows, 10, 3)
    expect(explained[0]!).toBeCloseTo(0.9, 1)
    expect(explained[0]! + explained[1]!).toBeCloseTo(1, 5)
    expect(axes[2]!).toBeGreaterThan(0.99)
    expect(points.length).toBe(1500)
  })
})

describe('the order of units', () => {
  test('puts units that go together beside each other, turned or not', async () => {
    const random = new Random(5)
    const groups = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]
    const values = new Float32Array(400 * 12)
    for (let step = 0; step < 400; step++) {
      const own = [random.normal(), random.normal(), random.normal()]
      groups.forEach((group, unit) => { values[step * 12 + unit] = own[group]! * (unit % 2 ? -1 : 1) + 0.2 * random.normal() })
    }
    const order = await clusterOrder(values, 12, work)
    expect([...order].sort((a, b) => a - b)).toEqual([...groups.keys()])
    const changes = [...order].filter((unit, at) => at > 0 && groups[unit] !== groups[order[at - 1]!]).length
    expect(changes).toBe(2)
    expect([...await clusterOrder(new Float32Array(5), 1, work)]).toEqual([0])
    expect([...varianceOrder(Float32Array.of(0, 1, 5, 0, -1, -5), 3)]).toEqual([2, 1, 0])
  })
})

test('the assignment is the cheapest of all', async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 1e6 }), async (rows, more, seed) => {
    const columns = rows + more
    const cost = numbers(seed, rows * columns)
    const found = await assign(cost, rows, columns, work)
    expect(new Set(found).size).toBe(rows)
    const total = (choice: ArrayLike<number>) => Array.from(choice, (column, row) => cost[row * columns + column]!).reduce((sum, value) => sum + value, 0)
    const cheapest = (row: number, free: number[]): number => (row === rows ? 0 : Math.min(...free.map((column) => cost[row * columns + column]! + cheapest(row + 1, free.filter((each) => each !== column)))))
    expect(total(found)).toBeCloseTo(cheapest(0, Array.from({ length: columns }, (_, at) => at)), 5)
  }), { numRuns: 100 })
})
