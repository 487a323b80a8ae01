import type { Sequence } from '../../backend'
import type { ShapingOps } from '../../stack-ops'
import { fault, sequenceOf, tensorOf, tokensOf, WasmSequence, type WasmTensor } from '../handles'
import { call } from '../kernel-calls'
import type { Recorder } from '../recorder'
import type { Split } from '../work'
import { matrixOf } from './linear-ops'

/** Tables, columns and what is done element by element: one pass over memory each. */
export function shapingOps(recorder: Recorder): ShapingOps {
  const made = (steps: number, batch: number, width: number) => new WasmSequence(steps, batch, width, recorder.block(steps * batch * width * 4))

  function elementwise<T extends WasmTensor | WasmSequence>(a: T, b: T, result: T, kernel: 'add' | 'multiply', split: Split, width: number): T {
    recorder.step({
      cost: result.size, reads: [a, b], writes: [result], split,
      calls: ({ from, to }) => call(kernel, (to - from) * width, a.address + from * width * 4, b.address + from * width * 4, result.address + from * width * 4),
    })
    return result
  }

  function sequences(leftHandle: Sequence, rightHandle: Sequence, kernel: 'add' | 'multiply'): WasmSequence {
    const left = sequenceOf(leftHandle, `the left sequence of ${kernel}`)
    const right = sequenceOf(rightHandle, `the right sequence of ${kernel}`, [left.steps, left.batch, left.width])
    return elementwise(left, right, made(left.steps, left.batch, left.width), kernel, { count: left.size, unit: 16 }, 1)
  }

  /** Copies `width` columns: those of `source` from `from` on to those of `target` from `to` on. */
  function copyColumns(source: WasmSequence, from: number, target: WasmSequence, to: number, width: number): void {
    recorder.step({
      cost: source.rows * width, reads: [source], writes: [target], split: { count: source.rows },
      calls: ({ from: first, to: end }) => call('copyRows', end - first, width, source.address + (first * source.width + from) * 4, source.width * 4,
        target.address + (first * target.width + to) * 4, target.width * 4),
    })
  }

  return {
    gather(tokensHandle, tableHandle) {
      const tokens = tokensOf(tokensHandle, 'tokens', tokensHandle.steps, tokensHandle.batch)
      const table = matrixOf(tableHandle, 'the table of gather', null, null)
      const [vocabulary, width] = table.shape as [number, number]
      const result = made(tokens.steps, tokens.batch, width)
      recorder.step({
        cost: result.size, reads: [tokens, table], writes: [result], split: { count: result.rows },
        calls: ({ from, to }) => call('lookUp', to - from, width, vocabulary, tokens.block.address + from * 4, table.address, result.address + from * width * 4),
      })
      return result
    },

    scatterSum(deltaHandle, tokensHandle, vocabulary) {
      const delta = sequenceOf(deltaHandle, 'delta of scatterSum')
      const tokens = tokensOf(tokensHandle, 'tokens', delta.steps, delta.batch)
      const sums = recorder.tensor([vocabulary, delta.width])
      const { rows, width } = delta
      recorder.step({
        cost: delta.size + sums.size / 4, reads: [delta, tokens], writes: [sums], split: { count: width, unit: 16 },
        calls: ({ from, to }) => [
          call('clearRows', vocabulary, to - from, sums.address + from * 4, width * 4),
          call('scatterRows', rows, to - from, vocabulary, tokens.block.address, delta.address + from * 4, width * 4, sums.address + from * 4, width * 4),
        ],
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

    multiply: (left, right) => sequences(left, right, 'multiply'),
    add: (left, right) => sequences(left, right, 'add'),

    addTensors(leftHandle, rightHandle) {
      const left = tensorOf(leftHandle, 'the left tensor of addTensors')
      const right = tensorOf(rightHandle, 'the right tensor of addTensors', left.shape)
      const [batch = 1, width = 1] = left.shape
      return elementwise(left, right, recorder.tensor(left.shape), 'add', { batch }, left.shape.length === 2 ? width : left.size / batch)
    },
  }
}
