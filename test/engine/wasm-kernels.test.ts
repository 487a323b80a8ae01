import { describe, expect, it } from 'vitest'
import { loadKernels, simdLevel, type Kernels } from '@main/engine/backends/wasm/kernel-module'
import { LinearMemory } from '@main/engine/backends/wasm/linear-memory'
import { allowRelaxedSimd } from '@main/hosts/workers/relaxed-simd'
import { numbers } from './primitives/case'

allowRelaxedSimd()
const level = simdLevel()
const kernels = await loadKernels(level)
const memory = new LinearMemory(kernels)

/** Applies an elementwise kernel. */
function mapped(kernel: Kernels['expArray'], x: Float32Array): Float32Array {
  const [from, to] = [memory.allocate(x.byteLength), memory.allocate(x.byteLength)]
  memory.floats.set(x, from / 4)
  kernel(x.length, from, to)
  const y = memory.read(to, x.length)
  memory.free(from)
  memory.free(to)
  return y
}

function largestRelativeError(found: Float32Array, x: Float32Array, exact: (value: number) => number): number {
  let largest = 0
  x.forEach((value, index) => {
    const expected = exact(value)
    const error = Math.abs(found[index]! - expected) / Math.abs(expected)
    if (expected !== 0) largest = Math.max(largest, error)
  })
  return largest
}

const evenly = (count: number, low: number, high: number) => Float32Array.from({ length: count }, (_, index) => low + (high - low) * index / (count - 1))

describe(`exp, σ and tanh (${level})`, () => {
  it('exp is within 3e-7 relative from −87.3 to 88.3', () => {
    const x = evenly(400_003, -87.3, 88.3)
    expect(largestRelativeError(mapped(kernels.expArray, x), x, Math.exp)).toBeLessThan(3e-7)
  })

  it('σ is within 4e-7 relative from −87 to 87, and goes on to 0 and 1', () => {
    const x = evenly(400_003, -87, 87)
    expect(largestRelativeError(mapped(kernels.sigmoidArray, x), x, (value) => 1 / (1 + Math.exp(-value)))).toBeLessThan(4e-7)
    const limits = mapped(kernels.sigmoidArray, Float32Array.of(NaN, Infinity, -Infinity, 0, 1e30, -1e30))
    expect(limits[0]).toBeNaN()
    expect([limits[1], limits[3], limits[4]]).toEqual([1, 0.5, 1])
    for (const low of [limits[2]!, limits[5]!]) expect(low).toBeLessThan(1e-37)
  })

  it('tanh is within 3e-7 relative everywhere, from the smallest arguments to saturation', () => {
    const wide = evenly(400_003, -12, 12)
    const small = Float32Array.from({ length: 4001 }, (_, index) => (index % 2 ? -1 : 1) * 10 ** (-30 + 30 * index / 4000))
    const border = evenly(20_001, 0.6, 0.65)
    for (const x of [wide, small, border]) expect(largestRelativeError(mapped(kernels.tanhArray, x), x, Math.tanh)).toBeLessThan(3e-7)
  })

  it('keeps to the limits: NaN stays NaN, infinities saturate, zeros keep their sign', () => {
    const x = Float32Array.of(NaN, Infinity, -Infinity, 0, -0, 1e30, -1e30)
    const tanh = mapped(kernels.tanhArray, x)
    expect([...tanh]).toEqual([NaN, 1, -1, 0, -0, 1, -1])
    const exp = mapped(kernels.expArray, x)
    expect(exp[0]).toBeNaN()
    expect(exp[1]).toBeGreaterThan(1e38)
    expect(exp[2]).toBeLessThan(1e-37)
    expect(exp[3]).toBe(1)
  })

  it('an element’s result depends neither on its place nor on the array’s length', () => {
    const x = numbers(3, 23, 4)
    const whole = mapped(kernels.tanhArray, x)
    x.forEach((value, index) => { expect(mapped(kernels.tanhArray, Float32Array.of(value))[0]).toBe(whole[index]) })
  })
})

/** Everything a product touches lies between walls that must stay as they are. */
function guarded<T>(sizes: readonly number[], work: (...addresses: number[]) => T): T {
  const wall = 12345.5
  const places = sizes.map((size) => ({ size, address: memory.allocate((size + 32) * 4) }))
  for (const { size, address } of places) memory.floats.fill(wall, address / 4, address / 4 + size + 32)
  const result = work(...places.map(({ address }) => address + 64))
  for (const { size, address } of places) {
    const values = memory.read(address, size + 32)
    expect([...values.subarray(0, 16), ...values.subarray(size + 16)].every((value) => value === wall)).toBe(true)
    memory.free(address)
  }
  return result
}

/** Rounding errors are measured against the sum of magnitudes; a term left out or read twice is far larger. */
function expectSum(found: number, start: number, count: number, term: (index: number) => number): void {
  let [sum, magnitude] = [start, Math.abs(start)]
  for (let index = 0; index < count; index++) {
    sum += term(index)
    magnitude += Math.abs(term(index))
  }
  if (!(Math.abs(found - sum) <= 1e-6 * magnitude)) expect(found).toBe(sum)
}

const put = (address: number, values: Float32Array) => { memory.floats.set(values, address / 4) }
const panels = (k: number, n: number) => Math.ceil(n / 8) * 8 * k

describe(`matrix products (${level})`, () => {
  // Around the tiles of 4, 5 and 6 × 8, and beyond one block of 132 rows and of 256 steps of depth.
  const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 133]
  const columns = [1, 3, 7, 8, 9, 16, 17]
  const depths = [1, 2, 3, 4, 5, 8, 33, 257, 515]

  it.each(depths)('A·B, A·Bᵀ, with a row, a matrix or nothing added, depth %i', (k) => {
    for (const m of rows) {
      for (const n of columns) {
        const [a, b, start] = [numbers(m + k, m * k), numbers(n + k, k * n), numbers(m + n, m * n)]
        const turned = Float32Array.from({ length: n * k }, (_, index) => b[(index % k) * n + Math.floor(index / k)]!)
        guarded([m * k, k * n, panels(k, n), m * n, m * n], (A, B, packed, S, C) => {
          put(A!, a); put(S!, start)
          const agrees = (initial: number, initialRow: number, value: (row: number, column: number) => number) => {
            kernels.product(m, n, k, A!, k * 4, packed!, k * 32, initial, initialRow, C!, n * 4)
            const found = memory.read(C!, m * n)
            for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) {
              expectSum(found[i * n + j]!, value(i, j), k, (p) => a[i * k + p]! * b[p * n + j]!)
            }
          }
          put(B!, b); kernels.packRows(k, n, B!, n * 4, packed!, k * 32)
          agrees(0, 0, () => 0)
          agrees(S!, n * 4, (row, column) => start[row * n + column]!)
          put(B!, turned); kernels.packColumns(k, n, B!, k * 4, packed!, k * 32)
          agrees(S!, 0, (_, column) => start[column]!)
        })
      }
    }
  })

  it.each([[7, 512], [16, 250], [16, 515], [140, 300]])('A·B of %i rows a power of two apart, %i of each, which are laid out anew', (m, k) => {
    const n = 72, apart = 1024
    const [a, b] = [numbers(m + k, m * apart), numbers(n + k, k * n)]
    guarded([m * apart, k * n, panels(k, n), m * n], (A, B, packed, C) => {
      put(A!, a); put(B!, b)
      kernels.packRows(k, n, B!, n * 4, packed!, k * 32)
      kernels.product(m, n, k, A!, apart * 4, packed!, k * 32, 0, 0, C!, n * 4)
      memory.read(C!, m * n).forEach((found, index) => {
        expectSum(found, 0, k, (p) => a[Math.floor(index / n) * apart + p]! * b[p * n + index % n]!)
      })
    })
  })

  it.each([1, 3, 255, 256, 257, 600])('Σ dᵀx over %i rows, fresh and added to what is there', (count) => {
    for (const [m, n] of [[1, 1], [3, 9], [5, 8], [17, 33]] as const) {
      const [d, x, start] = [numbers(m, count * m), numbers(n, count * n), numbers(m + n, m * n)]
      guarded([count * m, count * n, m * n, kernels.outerWorkspace(m, n) / 4], (D, X, C, workspace) => {
        put(D!, d); put(X!, x); put(C!, start)
        for (const accumulate of [true, false]) {
          kernels.outerProduct(count, m, n, D!, m * 4, X!, n * 4, C!, n * 4, accumulate, workspace!)
          memory.read(C!, m * n).forEach((found, index) => {
            expectSum(found, accumulate ? start[index]! : 0, count, (r) => d[r * m + Math.floor(index / n)]! * x[r * n + index % n]!)
          })
        }
      })
    }
  })

  it('transposes any shape', () => {
    for (const [r, c] of [[1, 1], [4, 4], [5, 3], [3, 9], [8, 13], [17, 33]] as const) {
      const values = numbers(r * c, r * c)
      guarded([r * c, r * c], (from, to) => {
        put(from!, values)
        kernels.transpose(r, c, from!, c * 4, to!, r * 4)
        const found = memory.read(to!, r * c)
        values.forEach((value, index) => { expect(found[(index % c) * r + Math.floor(index / c)]).toBe(value) })
      })
    }
  })
})
