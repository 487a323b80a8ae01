import { type Block, type WasmSequence, WasmTensor } from '../handles'
import { CALL_BUDGET, type Recorder } from '../recorder'

const PANEL = 8

const panelsBytes = (depth: number, columns: number) => Math.ceil(columns / PANEL) * PANEL * depth * 4

/** W [n, k] packed for x·Wᵀ. */
export function packedColumns(recorder: Recorder, weight: WasmTensor): Block {
  const [n, k] = weight.shape as [number, number]
  const { kernels } = recorder
  return recorder.packed(weight, 'columns', panelsBytes(k, n), n * k, (from, to) => { kernels.packColumns(k, n, from, k * 4, to, k * 32) })
}

/** W [k, n] packed for δ·W. */
export function packedRows(recorder: Recorder, weight: WasmTensor): Block {
  const [k, n] = weight.shape as [number, number]
  const { kernels } = recorder
  return recorder.packed(weight, 'rows', panelsBytes(k, n), n * k, (from, to) => { kernels.packRows(k, n, from, n * 4, to, k * 32) })
}

/** Wᵀ [k, n] of W [n, k]. */
export function transposed(recorder: Recorder, weight: WasmTensor): Block {
  const [n, k] = weight.shape as [number, number]
  const { kernels } = recorder
  return recorder.packed(weight, 'transposed', n * k * 4, n * k, (from, to) => { kernels.transpose(n, k, from, k * 4, to, n * 4) })
}

/** What a product starts from: one row for all rows of the result, or a matrix whose rows lie `stride` apart (n when absent). */
export type Initial = { row: WasmTensor } | { matrix: WasmTensor; stride?: number } | null

/**
 * result [rows, n] = initial + a [rows, k] · packed [k, n], in calls of at most CALL_BUDGET multiply-adds.
 * @param stride numbers from one row of the result to the next; n when absent
 */
export function recordProduct(
  recorder: Recorder,
  { rows, k, n, a, packed, initial, result, stride = n }: {
    rows: number; k: number; n: number; a: WasmTensor | WasmSequence; packed: Block; initial: Initial; result: WasmTensor | WasmSequence; stride?: number
  },
): void {
  const { kernels } = recorder
  const start = initial === null ? null : 'row' in initial ? initial.row : initial.matrix
  const startRow = initial !== null && 'matrix' in initial ? (initial.stride ?? n) * 4 : 0
  const perCall = chunk(rows, CALL_BUDGET / (k * n), 4)
  for (let row = 0; row < rows; row += perCall) {
    const count = Math.min(perCall, rows - row)
    recorder.step(count * k * n, [a, packed, result, ...(start ? [start] : [])], () => {
      const [from, panels, to] = [a.address + row * k * 4, packed.address, result.address + row * stride * 4]
      const first = start ? start.address + row * startRow : 0
      return () => { kernels.product(count, n, k, from, k * 4, panels, k * 32, first, startRow, to, stride * 4) }
    })
  }
}

/** result [m, n] = Σ_r dᵣᵀ xᵣ over the rows of d [rows, m] and x [rows, n], in calls as above. */
export function recordOuterProduct(recorder: Recorder, d: WasmSequence, x: WasmSequence, result: WasmTensor): void {
  const { kernels } = recorder
  const depth = kernels.outerDepth()
  const [m, n, rows] = [d.width, x.width, d.rows]
  const perCallM = chunk(m, CALL_BUDGET / (depth * n), 4)
  const perCallRows = chunk(rows, CALL_BUDGET / (perCallM * n), depth)
  const workspace = recorder.block(kernels.outerWorkspace(perCallM, n))
  for (let column = 0; column < m; column += perCallM) {
    const width = Math.min(perCallM, m - column)
    for (let row = 0; row < rows; row += perCallRows) {
      const count = Math.min(perCallRows, rows - row)
      recorder.step(count * width * n, [d, x, result, workspace], () => {
        const [left, right] = [d.address + (row * m + column) * 4, x.address + row * n * 4]
        const [to, scratch] = [result.address + column * n * 4, workspace.address]
        return () => { kernels.outerProduct(count, width, n, left, m * 4, right, n * 4, to, n * 4, row > 0, scratch) }
      })
    }
  }
}

/** How many of `total` to take at a time: at most `most`, in whole units, at least one unit. */
export function chunk(total: number, most: number, unit: number): number {
  return total <= most ? total : Math.max(1, Math.floor(most / unit)) * unit
}
