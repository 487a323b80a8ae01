import { loadKernels, simdLevel, type Kernels, type SimdLevel } from '@main/engine/backends/wasm/kernel-module'
import { LinearMemory } from '@main/engine/backends/wasm/linear-memory'

/** The matrix products of one training step at batch 32 and 64 time steps, for a hidden size each; best of several, GFLOP/s. */
export default async function* measure(only?: SimdLevel) {
  const best = simdLevel()
  for (const level of only ? [only] : best === 'simd' ? [best] : ['simd' as const, best]) {
    const kernels = await loadKernels(level)
    const memory = new LinearMemory(kernels)
    for (const hidden of [32, 128, 256, 512]) {
      const place = (count: number) => {
        const address = memory.allocate(count * 4)
        for (let i = 0; i < count; i++) memory.floats[address / 4 + i] = Math.sin(i) / hidden
        return address
      }
      const [step, all] = [32, 32 * 64]
      const [a, weight, packed, result] = [place(all * hidden), place(hidden * hidden), place(hidden * hidden), place(all * hidden)]
      const workspace = place(kernels.outerWorkspace(hidden, hidden) / 4)
      const row = hidden * 4
      kernels.packColumns(hidden, hidden, weight, row, packed, hidden * 32)
      const product = (rows: number) => () => { kernels.product(rows, hidden, hidden, a, row, packed, hidden * 32, 0, 0, result, row) }
      const flops = (rows: number) => 2 * rows * hidden * hidden
      yield {
        level, hidden,
        square: gigaflops(product(hidden), flops(hidden)),
        oneTimeStep: gigaflops(product(step), flops(step)),
        allTimeSteps: gigaflops(product(all), flops(all)),
        outerSum: gigaflops(() => { kernels.outerProduct(all, hidden, hidden, result, row, a, row, weight, row, false, workspace) }, flops(all)),
        oneRow: gigaflops(product(1), flops(1)),
        tanhNanosecondsPerElement: tanhCost(kernels, a, result, step * hidden),
      }
      for (const address of [a, weight, packed, result, workspace]) memory.free(address)
    }
  }
}

const gigaflops = (work: () => void, flops: number) => Number((flops / secondsOf(work) / 1e9).toFixed(1))
const tanhCost = (kernels: Kernels, x: number, y: number, count: number) =>
  Number((secondsOf(() => { kernels.tanhArray(count, x, y) }) / count * 1e9).toFixed(2))

/** Shortest mean of seven rounds of at least 30 ms. */
function secondsOf(work: () => void): number {
  for (let i = 0; i < 20; i++) work()
  let best = Infinity
  for (let round = 0; round < 7; round++) {
    const start = performance.now()
    let count = 0
    do {
      work()
      count++
    } while (performance.now() - start < 30)
    best = Math.min(best, (performance.now() - start) / count)
  }
  return best / 1000
}
