import type { AttentionOps } from '../../stack-ops'
import { lengthsOf, sequenceOf, WasmSequence } from '../handles'
import { CALL_BUDGET, type Recorder } from '../recorder'
import { chunk } from './products'

/** One kernel call: rows of the batch, and steps of each. */
interface Part {
  row: number
  rows: number
  step: number
  steps: number
  cost: number
}

/** Attention as batched small products, some rows of the batch a call. */
export function attentionOps(recorder: Recorder): AttentionOps {
  const { kernels } = recorder
  const made = (steps: number, batch: number, width: number) => new WasmSequence(steps, batch, width, recorder.block(steps * batch * width * 4))

  return {
    attend({ queries: queriesHandle, keys: keysHandle, lengths: lengthsHandle }) {
      const queries = sequenceOf(queriesHandle, 'the queries of attend')
      const { steps: queryCount, batch, width } = queries
      const keys = sequenceOf(keysHandle, 'the keys of attend', [null, batch, width])
      const count = keys.steps
      const lengths = lengthsOf(lengthsHandle, batch)
      const [context, weights] = [made(queryCount, batch, width), made(queryCount, batch, count)]
      const workspace = recorder.block(packedFloats(count, width) * 4)
      for (const { row, rows, step, steps, cost } of parts(queryCount, batch, 2 * count * width)) {
        recorder.step(cost, [queries, keys, lengths, context, weights, workspace], () => {
          const offset = step * batch * 4
          const [q, k, valid] = [queries.address + offset * width, keys.address, lengths.block.address]
          const [to, toWeights, scratch] = [context.address + offset * width, weights.address + offset * count, workspace.address]
          return () => { kernels.attend(row, rows, steps, batch, count, width, q, k, valid, to, toWeights, scratch) }
        })
      }
      return { context, weights }
    },

    attendBackward({ gradient: gradientHandle, queries: queriesHandle, keys: keysHandle, weights: weightsHandle, lengths: lengthsHandle }) {
      const queries = sequenceOf(queriesHandle, 'the queries of attendBackward')
      const { steps: queryCount, batch, width } = queries
      const keys = sequenceOf(keysHandle, 'the keys of attendBackward', [null, batch, width])
      const count = keys.steps
      const gradient = sequenceOf(gradientHandle, 'the gradient of attendBackward', [queryCount, batch, width])
      const weights = sequenceOf(weightsHandle, 'the weights of attendBackward', [queryCount, batch, count])
      const lengths = lengthsOf(lengthsHandle, batch)
      const [towardsQueries, towardsKeys] = [made(queryCount, batch, width), made(count, batch, width)]
      const slopes = recorder.block(queryCount * count * 4)
      const workspace = recorder.block(Math.max(packedFloats(count, width) * 4, kernels.outerWorkspace(count, width)))
      for (const { row, rows, step, steps, cost } of parts(queryCount, batch, 4 * count * width)) {
        recorder.step(cost, [gradient, queries, keys, weights, lengths, towardsQueries, towardsKeys, slopes, workspace], () => {
          const offset = step * batch * 4
          const [g, q, k, alpha, valid] = [gradient.address + offset * width, queries.address + offset * width, keys.address, weights.address + offset * count, lengths.block.address]
          const [toQueries, toKeys, slopesAt, scratch] = [towardsQueries.address + offset * width, towardsKeys.address, slopes.address, workspace.address]
          return () => {
            kernels.attendBackward(row, rows, steps, batch, count, width, g, q, k, alpha, valid, toQueries, toKeys, step > 0, slopesAt, scratch)
          }
        })
      }
      return { queries: towardsQueries, keys: towardsKeys }
    },
  }
}

const padded = (columns: number) => Math.ceil(columns / 8) * 8

/** Keys [count, width] packed for either product. */
const packedFloats = (count: number, width: number) => Math.max(width * padded(count), count * padded(width))

/** Cuts the work into calls of at most CALL_BUDGET: rows of the batch whole where they fit, else steps of a single one in order. */
function parts(steps: number, batch: number, costOfStep: number): Part[] {
  const stepsPerCall = chunk(steps, CALL_BUDGET / costOfStep, 1)
  const rowsPerCall = stepsPerCall < steps ? 1 : chunk(batch, CALL_BUDGET / (costOfStep * steps), 1)
  const found: Part[] = []
  for (let row = 0; row < batch; row += rowsPerCall) {
    for (let step = 0; step < steps; step += stepsPerCall) {
      const [rows, count] = [Math.min(rowsPerCall, batch - row), Math.min(stepsPerCall, steps - step)]
      found.push({ row, rows, step, steps: count, cost: rows * count * costOfStep })
    }
  }
  return found
}
