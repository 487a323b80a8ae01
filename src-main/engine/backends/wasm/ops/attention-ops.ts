import type { AttentionOps } from '../../stack-ops'
import { lengthsOf, sequenceOf, WasmSequence } from '../handles'
import { call } from '../kernel-calls'
import type { Recorder } from '../recorder'
import { CALL_BUDGET } from '../work'
import { chunk } from './products'

/** One kernel call: rows of the batch, and steps of each. */
interface Part {
  row: number
  rows: number
  step: number
  steps: number
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
      const workspace = recorder.workspace(packedFloats(count, width) * 4)
      const costOfStep = 2 * count * width
      recorder.step({
        cost: batch * queryCount * costOfStep, reads: [queries, keys, lengths], writes: [context, weights, workspace.block], split: { batch }, bounded: true,
        calls: ({ from, to, thread }) => parts(queryCount, from, to, costOfStep).map(({ row, rows, step, steps }) => {
          const offset = step * batch * 4
          return call('attend', row, rows, steps, batch, count, width, queries.address + offset * width, keys.address, lengths.block.address,
            context.address + offset * width, weights.address + offset * count, workspace.block.address + thread * workspace.stride)
        }),
      })
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
      const slopes = recorder.workspace(queryCount * count * 4)
      const workspace = recorder.workspace(Math.max(packedFloats(count, width) * 4, kernels.outerWorkspace(count, width)))
      const costOfStep = 4 * count * width
      recorder.step({
        cost: batch * queryCount * costOfStep, reads: [gradient, queries, keys, weights, lengths], writes: [towardsQueries, towardsKeys, slopes.block, workspace.block], split: { batch }, bounded: true,
        calls: ({ from, to, thread }) => parts(queryCount, from, to, costOfStep).map(({ row, rows, step, steps }) => {
          const offset = step * batch * 4
          return call('attendBackward', row, rows, steps, batch, count, width, gradient.address + offset * width, queries.address + offset * width, keys.address,
            weights.address + offset * count, lengths.block.address, towardsQueries.address + offset * width, towardsKeys.address, step > 0,
            slopes.block.address + thread * slopes.stride, workspace.block.address + thread * workspace.stride)
        }),
      })
      return { queries: towardsQueries, keys: towardsKeys }
    },
  }
}

const padded = (columns: number) => Math.ceil(columns / 8) * 8

/** Keys [count, width] packed for either product. */
const packedFloats = (count: number, width: number) => Math.max(width * padded(count), count * padded(width))

/** Cuts rows first … end − 1 of the batch into calls of at most CALL_BUDGET: rows whole where they fit, else steps of a single one in order. */
function parts(steps: number, first: number, end: number, costOfStep: number): Part[] {
  const stepsPerCall = chunk(steps, CALL_BUDGET / costOfStep, 1)
  const rowsPerCall = stepsPerCall < steps ? 1 : chunk(end - first, CALL_BUDGET / (costOfStep * steps), 1)
  const found: Part[] = []
  for (let row = first; row < end; row += rowsPerCall) {
    for (let step = 0; step < steps; step += stepsPerCall) {
      found.push({ row, rows: Math.min(rowsPerCall, end - row), step, steps: Math.min(stepsPerCall, steps - step) })
    }
  }
  return found
}
