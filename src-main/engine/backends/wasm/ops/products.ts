import { call } from '../kernel-calls'
import type { Block, WasmSequence, WasmTensor } from '../handles'
import type { Recorder } from '../recorder'
import { CALL_BUDGET } from '../work'

const PANEL = 8
/** Rows of a product that are computed together. */
const TILE = 4

const panelsOf = (columns: number) => Math.ceil(columns / PANEL)
const panelsBytes = (depth: number, columns: number) => panelsOf(columns) * PANEL * depth * 4

/** W [n, k] packed for x·Wᵀ. */
export function packedColumns(recorder: Recorder, weight: WasmTensor): Block {
  const [n, k] = weight.shape as [number, number]
  return recorder.packed(weight, 'columns', panelsBytes(k, n), {
    cost: n * k, split: { count: panelsOf(n) },
    calls: (from, to, { from: first, to: end }) =>
      call('packColumns', k, Math.min(n, end * PANEL) - first * PANEL, from + first * PANEL * k * 4, k * 4, to + first * PANEL * k * 4, k * PANEL * 4),
  })
}

/** W [k, n] packed for δ·W. */
export function packedRows(recorder: Recorder, weight: WasmTensor): Block {
  const [k, n] = weight.shape as [number, number]
  return recorder.packed(weight, 'rows', panelsBytes(k, n), {
    cost: n * k, split: { count: panelsOf(n) },
    calls: (from, to, { from: first, to: end }) =>
      call('packRows', k, Math.min(n, end * PANEL) - first * PANEL, from + first * PANEL * 4, n * 4, to + first * PANEL * k * 4, k * PANEL * 4),
  })
}

/** Wᵀ [k, n] of W [n, k]. */
export function transposed(recorder: Recorder, weight: WasmTensor): Block {
  const [n, k] = weight.shape as [number, number]
  return recorder.packed(weight, 'transposed', n * k * 4, {
    cost: n * k, split: { count: n, unit: 16 },
    calls: (from, to, { from: first, to: end }) => call('transpose', end - first, k, from + first * k * 4, k * 4, to + first * 4, n * 4),
  })
}

/** What a product starts from: one row for all rows of the result, or a matrix whose rows lie `stride` apart (n when absent). */
export type Initial = { row: WasmTensor } | { matrix: WasmTensor; stride?: number } | null

/**
 * result [rows, n] = initial + a [rows, k] · packed [k, n].
 * @param stride numbers from one row of the result to the next; n when absent   @param batch whether rows are those of the batch
 */
export function recordProduct(
  recorder: Recorder,
  { rows, k, n, a, packed, initial, result, stride = n, batch = false }: {
    rows: number; k: number; n: number; a: WasmTensor | WasmSequence; packed: Block; initial: Initial; result: WasmTensor | WasmSequence; stride?: number; batch?: boolean
  },
): void {
  const start = initial === null ? null : 'row' in initial ? initial.row : initial.matrix
  const startRow = initial !== null && 'matrix' in initial ? (initial.stride ?? n) * 4 : 0
  recorder.step({
    cost: rows * k * n, reads: [a, packed, start], writes: [result], split: batch ? { batch: rows } : { count: rows, unit: TILE },
    calls: ({ from, to }) => call('product', to - from, n, k, a.address + from * k * 4, k * 4, packed.address, k * PANEL * 4,
      start ? start.address + from * startRow : 0, startRow, result.address + from * stride * 4, stride * 4),
  })
}

/** result [m, n] = Σ_r dᵣᵀ xᵣ over the rows of d [rows, m] and x [rows, n]. */
export function recordOuterProduct(recorder: Recorder, d: WasmSequence, x: WasmSequence, result: WasmTensor): void {
  const depth = recorder.kernels.outerDepth()
  const [m, n, rows] = [d.width, x.width, d.rows]
  const perCallM = chunk(m, CALL_BUDGET / (depth * n), TILE)
  const perCallRows = chunk(rows, CALL_BUDGET / (perCallM * n), depth)
  const workspace = recorder.workspace(recorder.kernels.outerWorkspace(perCallM, n))
  recorder.step({
    cost: rows * m * n, reads: [d, x], writes: [result, workspace.block], split: { count: m, unit: TILE }, bounded: true,
    calls({ from, to, thread }) {
      const calls = []
      const scratch = workspace.block.address + thread * workspace.stride
      for (let column = from; column < to; column += perCallM) {
        const width = Math.min(perCallM, to - column)
        for (let row = 0; row < rows; row += perCallRows) {
          calls.push(call('outerProduct', Math.min(perCallRows, rows - row), width, n, d.address + (row * m + column) * 4, m * 4, x.address + row * n * 4, n * 4,
            result.address + column * n * 4, n * 4, row > 0, scratch))
        }
      }
      return calls
    },
  })
}

/** How many of `total` to take at a time: at most `most`, in whole units, at least one unit. */
export function chunk(total: number, most: number, unit: number): number {
  return total <= most ? total : Math.max(1, Math.floor(most / unit)) * unit
}
