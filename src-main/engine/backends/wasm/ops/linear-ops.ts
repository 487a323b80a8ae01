import type { Ops, Tensor } from '../../backend'
import { sequenceOf, tensorOf, tokensOf, WasmSequence, type WasmTensor } from '../handles'
import { call } from '../kernel-calls'
import type { Recorder } from '../recorder'
import { packedColumns, packedRows, recordOuterProduct, recordSequenceProduct, transposed } from './products'

type LinearOps = Pick<Ops, 'affine' | 'affineTokens' | 'affineBackwardInput' | 'outerSum' | 'outerSumTokens' | 'biasSum'>

/** Affine maps of whole sequences, one matrix product each, and the sums their gradients are. */
export function linearOps(recorder: Recorder): LinearOps {
  const sequence = (steps: number, batch: number, width: number) => new WasmSequence(steps, batch, width, recorder.block(steps * batch * width * 4))

  return {
    affine(input, weightHandle, biases) {
      const x = sequenceOf(input, 'x of affine')
      const weight = matrixOf(weightHandle, 'the weight of affine', null, x.width)
      const n = weight.shape[0]!
      const bias = biasRow(recorder, biases, n)
      const result = sequence(x.steps, x.batch, n)
      recordSequenceProduct(recorder, { a: x, packed: packedColumns(recorder, weight), initial: bias, result })
      return result
    },

    affineTokens(tokensHandle, weightHandle, biases) {
      const weight = matrixOf(weightHandle, 'the weight of affineTokens', null, null)
      const tokens = tokensOf(tokensHandle, 'tokens', tokensHandle.steps, tokensHandle.batch)
      const [width, vocabulary] = weight.shape as [number, number]
      const result = sequence(tokens.steps, tokens.batch, width)
      const rows = result.rows
      const bias = biasRow(recorder, biases, width) ?? zeroRow(recorder, width)
      // Wᵀ makes each look-up one contiguous row; for few tokens of a large vocabulary it costs more than it saves,
      // unless it is kept from run to run.
      if (vocabulary <= 4 * rows || (weight.block.version !== null && width * vocabulary <= 2 ** 20)) {
        const table = transposed(recorder, weight)
        recorder.step({
          cost: rows * width, reads: [tokens, table, bias], writes: [result], split: { count: rows },
          calls: ({ from, to }) => call('gatherRows', to - from, width, vocabulary, tokens.block.address + from * 4, table.address, bias.address, result.address + from * width * 4),
        })
      } else {
        recorder.step({
          cost: rows * width * 8, reads: [tokens, weight, bias], writes: [result], split: { count: rows },
          calls: ({ from, to }) => call('gatherColumns', to - from, width, vocabulary, tokens.block.address + from * 4, weight.address, bias.address, result.address + from * width * 4),
        })
      }
      return result
    },

    affineBackwardInput(deltaHandle, weightHandle) {
      const delta = sequenceOf(deltaHandle, 'delta of affineBackwardInput')
      const weight = matrixOf(weightHandle, 'the weight of affineBackwardInput', delta.width, null)
      const n = weight.shape[1]!
      const result = sequence(delta.steps, delta.batch, n)
      recordSequenceProduct(recorder, { a: delta, packed: packedRows(recorder, weight), initial: null, result })
      return result
    },

    outerSum(deltaHandle, input) {
      const delta = sequenceOf(deltaHandle, 'delta of outerSum')
      const x = sequenceOf(input, 'x of outerSum', [delta.steps, delta.batch, null])
      const result = recorder.tensor([delta.width, x.width])
      recordOuterProduct(recorder, delta, x, result)
      return result
    },

    outerSumTokens(deltaHandle, tokensHandle, vocabulary) {
      const delta = sequenceOf(deltaHandle, 'delta of outerSumTokens')
      const tokens = tokensOf(tokensHandle, 'tokens', delta.steps, delta.batch)
      const { width, rows } = delta
      const result = recorder.tensor([width, vocabulary])
      const row = width * 4
      if (vocabulary <= 4 * rows) {
        const sums = recorder.block(vocabulary * row)
        recorder.step({
          cost: width * (rows + 2 * vocabulary), reads: [delta, tokens], writes: [sums, result], split: { count: width, unit: LINE },
          calls: ({ from, to }) => [
            call('clearRows', vocabulary, to - from, sums.address + from * 4, row),
            call('scatterRows', rows, to - from, vocabulary, tokens.block.address, delta.address + from * 4, row, sums.address + from * 4, row),
            call('transpose', vocabulary, to - from, sums.address + from * 4, row, result.address + from * vocabulary * 4, vocabulary * 4),
          ],
        })
      } else {
        recorder.step({
          cost: width * (8 * rows + vocabulary), reads: [delta, tokens], writes: [result], split: { count: width, unit: LINE },
          calls: ({ from, to }) => [
            call('clear', (to - from) * vocabulary * 4, result.address + from * vocabulary * 4),
            call('scatterColumns', rows, to - from, vocabulary, tokens.block.address, delta.address + from * 4, row, result.address + from * vocabulary * 4),
          ],
        })
      }
      return result
    },

    biasSum(deltaHandle) {
      const delta = sequenceOf(deltaHandle, 'delta of biasSum')
      const { rows, width } = delta
      const result = recorder.tensor([width])
      recorder.step({
        cost: delta.size, reads: [delta], writes: [result], split: { count: width, unit: LINE },
        calls: ({ from, to }) => call('rowSum', rows, to - from, delta.address + from * 4, width * 4, result.address + from * 4),
      })
      return result
    },
  }
}

/** Numbers in a line of the cache: columns that threads write to are cut there. */
const LINE = 16

/** A matrix whose sides are the numbers given; null: any. */
export function matrixOf(handle: Tensor, what: string, rows: number | null, columns: number | null): WasmTensor {
  const found = handle.shape
  return tensorOf(handle, what, [rows ?? found[0] ?? 0, columns ?? found[1] ?? 0])
}

/** The sum of biases; null when there are none. */
function biasRow(recorder: Recorder, handles: readonly Tensor[], width: number): WasmTensor | null {
  const biases = handles.map((handle) => tensorOf(handle, 'a bias', [width]))
  return biases.reduce<WasmTensor | null>((sum, bias) => {
    if (!sum) return bias
    const next = recorder.tensor([width])
    recorder.step({ cost: width, reads: [sum, bias], writes: [next], calls: () => call('add', width, sum.address, bias.address, next.address) })
    return next
  }, null)
}

function zeroRow(recorder: Recorder, width: number): WasmTensor {
  const row = recorder.tensor([width])
  recorder.step({ cost: width, reads: [], writes: [row], calls: () => call('clear', width * 4, row.address) })
  return row
}
