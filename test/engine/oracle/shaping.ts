import type { Ops, Sequence } from '@main/engine/backends/backend'
import { expectShape, fault, OracleSequence, OracleTensor, sequence, tensor, tokens } from './values'

type Record = (work: () => void) => void

const shapeOf = ({ steps, batch, width }: Sequence) => [steps, batch, width]

/** Tables, columns and what is done element by element. */
export function shapingOps(record: Record): Pick<Ops, 'gather' | 'scatterSum' | 'concat' | 'columns' | 'multiply' | 'add' | 'addTensors'> {
  const elementwise = (left: Sequence, right: Sequence, combine: (a: number, b: number) => number): OracleSequence => {
    const [a, b] = [sequence(left), sequence(right)]
    expectShape('the right sequence', shapeOf(b), shapeOf(a))
    const made = OracleSequence.of(a.steps, a.batch, a.width)
    record(() => { a.data.forEach((value, index) => { made.data[index] = combine(value, b.data[index]!) }) })
    return made
  }

  return {
    gather(given, table) {
      const [input, rows] = [tokens(given), tensor(table)]
      const [, width] = rows.shape as [number, number]
      const made = OracleSequence.of(input.steps, input.batch, width)
      record(() => { input.ids.forEach((id, row) => { made.data.set(rows.data.subarray(id * width, (id + 1) * width), row * width) }) })
      return made
    },

    scatterSum(delta, given, vocabulary) {
      const [d, input] = [sequence(delta), tokens(given)]
      expectShape('tokens', [input.steps, input.batch], [d.steps, d.batch])
      const sum = OracleTensor.of([vocabulary, d.width])
      record(() => {
        sum.data.fill(0)
        input.ids.forEach((id, row) => {
          for (let column = 0; column < d.width; column++) sum.data[id * d.width + column]! += d.data[row * d.width + column]!
        })
      })
      return sum
    },

    concat(left, right) {
      const [a, b] = [sequence(left), sequence(right)]
      expectShape('the right sequence', [b.steps, b.batch], [a.steps, a.batch])
      const width = a.width + b.width
      const made = OracleSequence.of(a.steps, a.batch, width)
      record(() => {
        for (let row = 0; row < a.steps * a.batch; row++) {
          made.data.set(a.data.subarray(row * a.width, (row + 1) * a.width), row * width)
          made.data.set(b.data.subarray(row * b.width, (row + 1) * b.width), row * width + a.width)
        }
      })
      return made
    },

    columns(given, from, to) {
      const whole = sequence(given)
      if (from < 0 || to > whole.width || from >= to) fault(`columns ${from} to ${to} of a sequence ${whole.width} wide`)
      const made = OracleSequence.of(whole.steps, whole.batch, to - from)
      record(() => {
        for (let row = 0; row < whole.steps * whole.batch; row++) {
          made.data.set(whole.data.subarray(row * whole.width + from, row * whole.width + to), row * made.width)
        }
      })
      return made
    },

    multiply: (left, right) => elementwise(left, right, (a, b) => a * b),
    add: (left, right) => elementwise(left, right, (a, b) => a + b),

    addTensors(left, right) {
      const [a, b] = [tensor(left), tensor(right)]
      expectShape('the right tensor', b.shape, a.shape)
      const sum = OracleTensor.of(a.shape)
      record(() => { a.data.forEach((value, index) => { sum.data[index] = value + b.data[index]! }) })
      return sum
    },
  }
}
