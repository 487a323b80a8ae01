import type { Sequence } from '../../backend'
import type { ShapingOps } from '../../stack-ops'
import { fault, sequenceOf, tensorOf, tokensOf, WasmSequence, type WasmTensor } from '../handles'
import type { Recorder } from '../recorder'
import { matrixOf } from './linear-ops'

/** Tables, columns and what is done element by element: one pass over memory each. */
export function shapingOps(recorder: Recorder): ShapingOps {
  const { kernels } = recorder
  const made = (steps: number, batch: number, width: number) => new WasmSequence(steps, batch, width, recorder.block(steps * batch * width * 4))

  function elementwise<T extends WasmTensor | WasmSequence>(a: T, b: T, result: T, kernel: typeof kernels.add): T {
    recorder.step(result.size, [a, b, result], () => {
      const [count, left, right, to] = [result.size, a.address, b.address, result.address]
      return () => { kernel(count, left, right, to) }
    })
    return result
  }

  function sequences(leftHandle: Sequence, rightHandle: Sequence, what: string, kernel: typeof kernels.add): WasmSequence {
    const left = sequenceOf(leftHandle, `the left sequence of ${what}`)
    const right = sequenceOf(rightHandle, `the right sequence of ${what}`, [left.steps, left.batch, left.width])
    return elementwise(left, right, made(left.steps, left.batch, left.width), kernel)
  }

  /** Copies `width` columns: those of `source` from `from` on to those of `target` from `to` on. */
  function copyColumns(source: WasmSequence, from: number, target: WasmSequence, to: number, width: number): void {
    recorder.step(source.rows * width, [source, target], () => {
      const [rows, at, put] = [source.rows, source.address + from * 4, target.address + to * 4]
      return () => { kernels.copyRows(rows, width, at, source.width * 4, put, target.width * 4) }
    })
  }

  return {
    gather(tokensHandle, tableHandle) {
      const tokens = tokensOf(tokensHandle, 'tokens', tokensHandle.steps, tokensHandle.batch)
      const table = matrixOf(tableHandle, 'the table of gather', null, null)
      const [vocabulary, width] = table.shape as [number, number]
      const result = made(tokens.steps, tokens.batch, width)
      recorder.step(result.size, [tokens, table, result], () => {
        const [ids, from, to] = [tokens.block.address, table.address, result.address]
        return () => { kernels.lookUp(result.rows, width, vocabulary, ids, from, to) }
      })
      return result
    },

    scatterSum(deltaHandle, tokensHandle, vocabulary) {
      const delta = sequenceOf(deltaHandle, 'delta of scatterSum')
      const tokens = tokensOf(tokensHandle, 'tokens', delta.steps, delta.batch)
      const sums = recorder.tensor([vocabulary, delta.width])
      recorder.step(delta.size + sums.size / 4, [delta, tokens, sums], () => {
        const [{ rows, width, address: from }, ids, to] = [delta, tokens.block.address, sums.address]
        return () => {
          kernels.clear(sums.size * 4, to)
          kernels.scatterRows(rows, width, vocabulary, ids, from, to)
        }
      })
      return sums
    },

    concat(leftHandle, rightHandle) {
      const left = sequenceOf(leftHandle, 'the left sequence of concat')
      const right = sequenceOf(rightHandle, 'the right sequence of concat', [left.steps, left.batch, null])
      const result = made(left.steps, left.batch, left.width + right.width)
      copyColumns(left, 0, result, 0, left.width)
      copyColumns(right, 0, result, left.width, right.width)
      return result
    },

    columns(handle, from, to) {
      const sequence = sequenceOf(handle, 'the sequence of columns')
      if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to > sequence.width || from >= to) {
        fault(`columns ${from} to ${to} of a sequence ${sequence.width} wide are asked for`)
      }
      const result = made(sequence.steps, sequence.batch, to - from)
      copyColumns(sequence, from, result, 0, to - from)
      return result
    },

    multiply: (left, right) => sequences(left, right, 'multiply', kernels.multiply),
    add: (left, right) => sequences(left, right, 'add', kernels.add),

    addTensors(leftHandle, rightHandle) {
      const left = tensorOf(leftHandle, 'the left tensor of addTensors')
      const right = tensorOf(rightHandle, 'the right tensor of addTensors', left.shape)
      return elementwise(left, right, recorder.tensor(left.shape), kernels.add)
    },
  }
}
