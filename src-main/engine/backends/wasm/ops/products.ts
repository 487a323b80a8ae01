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

/** Weights up to this, in numbers, stay in the second-level cache from one time step to the next. */
const CACHED = 2 ** 16

/**
 * result [steps, batch, n] = initial + a [steps, batch, k] · packed [k, n] for a whole sequence: by rows of the batch like the
 * time steps before and behind it, which saves a barrier, where that doesn't cost more.
 */
export function recordSequenceProduct(
  recorder: Recorder, { a, packed, initial, result }: { a: WasmSequence; packed: Block; initial: WasmTensor | null; result: WasmSequence },
): void {
  const { steps, batch, width: k } = a
  const n = result.width
  if (!recorder.byRows(batch) || k * n > CACHED) {
    recordProduct(recorder, { rows: a.rows, k, n, a, packed, initial: initial && { row: initial }, result })
    return
  }
  const perCall = chunk(steps, CALL_BUDGET / (batch * k * n), 1)
  recorder.step({
    cost: a.rows * k * n, reads: [a, packed, initial], writes: [result], split: { batch }, bounded: true,
    calls: ({ from, to }) => stretches(steps, perCall).map(({ first, count }) => call('productOfSteps', count, batch * k * 4, 0, batch * n * 4, to - from, n, k,
      a.address + (first * batch + from) * k * 4, k * 4, packed.address, k * PANEL * 4, initial ? initial.address : 0, 0, result.address + (first * batch + from) * n * 4, n * 4)),
  })
}

/** Cuts time steps into stretches of `most`. */
export const stretches = (steps: number, most: number) =>
  Array.from({ length: Math.ceil(steps / most) }, (_, index) => ({ first: index * most, count: Math.min(most, steps - index * most) }))

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
