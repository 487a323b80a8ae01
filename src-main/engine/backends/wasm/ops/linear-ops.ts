import type { Ops, Tensor } from '../../backend'
import { sequenceOf, tensorOf, tokensOf, WasmSequence, type WasmTensor } from '../handles'
import type { Recorder } from '../recorder'
import { packedColumns, packedRows, recordOuterProduct, recordProduct, transposed } from './products'

type LinearOps = Pick<Ops, 'affine' | 'affineTokens' | 'affineBackwardInput' | 'outerSum' | 'outerSumTokens' | 'biasSum'>

/** Affine maps of whole sequences, one matrix product each, and the sums their gradients are. */
export function linearOps(recorder: Recorder): LinearOps {
  const { kernels } = recorder
  const sequence = (steps: number, batch: number, width: number) => new WasmSequence(steps, batch, width, recorder.block(steps * batch * width * 4))

  return {
    affine(input, weightHandle, biases) {
      const x = sequenceOf(input, 'x of affine')
      const weight = matrixOf(weightHandle, 'the weight of affine', null, x.width)
      const n = weight.shape[0]!
      const bias = biasRow(recorder, biases, n)
      const result = sequence(x.steps, x.batch, n)
      recordProduct(recorder, {
        rows: x.rows, k: x.width, n, a: x, packed: packedColumns(recorder, weight), initial: bias && { row: bias }, result,
      })
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
        recorder.step(rows * width, [tokens, table, bias, result], () => {
          const [ids, from, start, to] = [tokens.block.address, table.address, bias.address, result.address]
          return () => { kernels.gatherRows(rows, width, vocabulary, ids, from, start, to) }
        })
      } else {
        recorder.step(rows * width * 8, [tokens, weight, bias, result], () => {
          const [ids, from, start, to] = [tokens.block.address, weight.address, bias.address, result.address]
          return () => { kernels.gatherColumns(rows, width, vocabulary, ids, from, start, to) }
        })
      }
      return result
    },

    affineBackwardInput(deltaHandle, weightHandle) {
      const delta = sequenceOf(deltaHandle, 'delta of affineBackwardInput')
      const weight = matrixOf(weightHandle, 'the weight of affineBackwardInput', delta.width, null)
      const n = weight.shape[1]!
      const result = sequence(delta.steps, delta.batch, n)
      recordProduct(recorder, { rows: delta.rows, k: delta.width, n, a: delta, packed: packedRows(recorder, weight), initial: null, result })
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
      const bytes = width * vocabulary * 4
      if (vocabulary <= 4 * rows) {
        const sums = recorder.block(bytes)
        recorder.step(width * (rows + 2 * vocabulary), [delta, tokens, sums, result], () => {
          const [from, ids, rowSums, to] = [delta.address, tokens.block.address, sums.address, result.address]
          return () => {
            kernels.clear(bytes, rowSums)
            kernels.scatterRows(rows, width, vocabulary, ids, from, rowSums)
            kernels.transpose(vocabulary, width, rowSums, width * 4, to, vocabulary * 4)
          }
        })
      } else {
        recorder.step(width * (8 * rows + vocabulary), [delta, tokens, result], () => {
          const [from, ids, to] = [delta.address, tokens.block.address, result.address]
          return () => {
            kernels.clear(bytes, to)
            kernels.scatterColumns(rows, width, vocabulary, ids, from, to)
          }
        })
      }
      return result
    },

    biasSum(deltaHandle) {
      const delta = sequenceOf(deltaHandle, 'delta of biasSum')
      const result = recorder.tensor([delta.width])
      recorder.step(delta.size, [delta, result], () => {
        const [rows, width, from, to] = [delta.rows, delta.width, delta.address, result.address]
        return () => { kernels.rowSum(rows, width, from, to, false) }
      })
      return result
    },
  }
}

/** A matrix whose sides are the numbers given; null: any. */
export function matrixOf(handle: Tensor, what: string, rows: number | null, columns: number | null): WasmTensor {
  const found = handle.shape
  return tensorOf(handle, what, [rows ?? found[0] ?? 0, columns ?? found[1] ?? 0])
}

/** The sum of biases; null when there are none. */
function biasRow(recorder: Recorder, handles: readonly Tensor[], width: number): WasmTensor | null {
  const biases = handles.map((handle) => tensorOf(handle, 'a bias', [width]))
  const { kernels } = recorder
  return biases.reduce<WasmTensor | null>((sum, bias) => {
    if (!sum) return bias
    const next = recorder.tensor([width])
    recorder.step(width, [sum, bias, next], () => {
      const [a, b, to] = [sum.address, bias.address, next.address]
      return () => { kernels.add(width, a, b, to) }
    })
    return next
  }, null)
}

function zeroRow(recorder: Recorder, width: number): WasmTensor {
  const row = recorder.tensor([width])
  recorder.step(width, [row], () => {
    const at = row.address
    return () => { recorder.kernels.clear(width * 4, at) }
  })
  return row
}
