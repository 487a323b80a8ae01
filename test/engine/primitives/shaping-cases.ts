import { ids, numbers, sizes, type PrimitiveCase } from './case'

const tables = sizes.map(({ steps, batch, input: vocabulary, output: width }, index): PrimitiveCase => {
  const run = (seed: number) => ({ x: ids(seed, steps * batch, vocabulary), table: numbers(seed + 1, vocabulary * width), d: numbers(seed + 2, steps * batch * width) })
  return {
    name: `gather and scatterSum T=${steps} B=${batch} V=${vocabulary} E=${width}`, tolerance: 1e-6, inputs: [run(index), run(index + 20)],
    build: (ops) => {
      const tokens = ops.tokensInput('x', steps, batch)
      return {
        results: { rows: ops.gather(tokens, ops.input('table', [vocabulary, width])), sums: ops.scatterSum(ops.sequenceInput('d', steps, batch, width), tokens, vocabulary) },
      }
    },
  }
})

const sides = sizes.map(({ steps, batch, input: left, output: right }, index): PrimitiveCase => {
  const [whole, from] = [left + right, Math.floor((left + right) / 3)]
  const run = (seed: number) => ({ a: numbers(seed, steps * batch * left), b: numbers(seed + 1, steps * batch * right) })
  return {
    name: `concat and columns T=${steps} B=${batch}, ${left} beside ${right}, columns ${from} to ${whole}`, tolerance: 0, inputs: [run(index), run(index + 20)],
    build: (ops) => {
      const both = ops.concat(ops.sequenceInput('a', steps, batch, left), ops.sequenceInput('b', steps, batch, right))
      return { results: { both, first: ops.columns(both, 0, left), rest: ops.columns(both, left, whole), part: ops.columns(both, from, whole) } }
    },
  }
})

const elements = sizes.map(({ steps, batch, output: width }, index): PrimitiveCase => {
  const run = (seed: number) => ({ a: numbers(seed, steps * batch * width), b: numbers(seed + 1, steps * batch * width), c: numbers(seed + 2, batch * width), d: numbers(seed + 3, batch * width) })
  return {
    name: `multiply, add and addTensors T=${steps} B=${batch} W=${width}`, tolerance: 1e-6, inputs: [run(index), run(index + 20)],
    build: (ops) => {
      const [a, b] = [ops.sequenceInput('a', steps, batch, width), ops.sequenceInput('b', steps, batch, width)]
      return {
        results: { product: ops.multiply(a, b), sum: ops.add(a, b), one: ops.addTensors(ops.input('c', [batch, width]), ops.input('d', [batch, width])) },
      }
    },
  }
})

/** Slices and slots enter without a copy of their own, and what comes out enters other operations. */
const views: PrimitiveCase[] = [
  {
    name: 'shaping slices and slots', tolerance: 1e-5,
    inputs: [0, 1].map((run) => ({ a: numbers(1 + run, 6 * 3 * 5), b: numbers(3 + run, 6 * 3 * 5), w: numbers(5, 7 * 10), v: numbers(6, 7), table: numbers(7 + run, 4 * 5), x: ids(9 + run, 3 * 3, 4) })),
    build: (ops) => {
      const [a, b] = [ops.sequenceInput('a', 6, 3, 5), ops.sequenceInput('b', 6, 3, 5)]
      const slots = ops.sequence(3, 3, 5)
      for (const step of [2, 0, 1]) ops.place(ops.addTensors(a.at(step), b.at(step + 3)), ops.slot(slots, step))
      const tokens = ops.tokensInput('x', 3, 3)
      const read = ops.add(ops.gather(tokens, ops.input('table', [4, 5])), ops.multiply(slots, a.slice(1, 4)))
      const beside = ops.concat(read.slice(1, 3), b.slice(4, 6))
      return {
        results: {
          read, beside, y: ops.affine(beside, ops.input('w', [7, 10]), [ops.input('v', [7])]), columns: ops.columns(b.slice(2, 5), 1, 4),
          end: ops.concat(ops.single(slots.at(2)), ops.single(read.at(0))), sums: ops.scatterSum(b.slice(3, 6), tokens, 4),
        },
      }
    },
  },
]

export const shapingCases: PrimitiveCase[] = [...tables, ...sides, ...elements, ...views]
