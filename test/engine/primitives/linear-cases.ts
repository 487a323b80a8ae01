import { full, ids, numbers, sizes, type PrimitiveCase } from './case'

const about = ({ steps, batch, input, output }: (typeof sizes)[number]) => `T=${steps} B=${batch} I=${input} O=${output}`

const affine = sizes.flatMap((size, index): PrimitiveCase[] => {
  const { steps, batch, input, output } = size
  const biases = index % 3
  const weights = { w: numbers(index + 1, output * input), b0: numbers(index + 2, output), b1: numbers(index + 3, output) }
  const run = (seed: number) => ({ ...weights, x: numbers(seed, steps * batch * input), d: numbers(seed + 1, steps * batch * output) })
  const inputs = [run(index + 10), run(index + 40)]
  return [
    {
      name: `affine ${about(size)}, ${biases} biases`, inputs: inputs.map(({ x }) => ({ ...weights, x })), tolerance: 1e-5,
      build: (ops) => {
        const [w, b0, b1] = [ops.input('w', [output, input]), ops.input('b0', [output]), ops.input('b1', [output])]
        return { results: { y: ops.affine(ops.sequenceInput('x', steps, batch, input), w, [b0, b1].slice(0, biases)) } }
      },
    },
    {
      name: `affineBackwardInput ${about(size)}`, inputs: inputs.map(({ w, d }) => ({ w, d })), tolerance: 1e-5,
      build: (ops) => ({ results: { dx: ops.affineBackwardInput(ops.sequenceInput('d', steps, batch, output), ops.input('w', [output, input])) } }),
    },
    {
      name: `outerSum ${about(size)}`, inputs: inputs.map(({ d, x }) => ({ d, x })), tolerance: 1e-5,
      build: (ops) => ({ results: { dw: ops.outerSum(ops.sequenceInput('d', steps, batch, output), ops.sequenceInput('x', steps, batch, input)) } }),
    },
    {
      name: `biasSum ${about(size)}`, inputs: inputs.map(({ d }) => ({ d })), tolerance: 1e-5,
      build: (ops) => ({ results: { db: ops.biasSum(ops.sequenceInput('d', steps, batch, output)) } }),
    },
  ]
})

const oneHot = sizes.flatMap((size, index): PrimitiveCase[] => {
  const { steps, batch, input: vocabulary, output } = size
  const biases = (index + 1) % 3
  const weights = { w: numbers(index + 5, output * vocabulary), b0: numbers(index + 6, output), b1: numbers(index + 7, output) }
  const tokens = (seed: number) => ids(seed, steps * batch, vocabulary)
  return [
    {
      name: `affineTokens ${about(size)}, ${biases} biases`, inputs: [{ ...weights, x: tokens(index) }, { ...weights, x: tokens(index + 20) }], tolerance: 1e-6,
      build: (ops) => {
        const [w, b0, b1] = [ops.input('w', [output, vocabulary]), ops.input('b0', [output]), ops.input('b1', [output])]
        return { results: { y: ops.affineTokens(ops.tokensInput('x', steps, batch), w, [b0, b1].slice(0, biases)) } }
      },
    },
    {
      name: `outerSumTokens ${about(size)}`, tolerance: 1e-6,
      inputs: [{ x: tokens(index), d: numbers(index, steps * batch * output) }, { x: tokens(index + 9), d: numbers(index + 9, steps * batch * output) }],
      build: (ops) => ({ results: { dw: ops.outerSumTokens(ops.sequenceInput('d', steps, batch, output), ops.tokensInput('x', steps, batch), vocabulary) } }),
    },
  ]
})

/** Slices and single steps of a sequence enter affine maps and sums without a copy of their own. */
const views: PrimitiveCase[] = [
  {
    name: 'slices of an input sequence', tolerance: 1e-5, inputs: [{ x: numbers(1, 6 * 3 * 5), d: numbers(2, 6 * 3 * 7), w: numbers(3, 35) }],
    build: (ops) => {
      const [x, d, w] = [ops.sequenceInput('x', 6, 3, 5), ops.sequenceInput('d', 6, 3, 7), ops.input('w', [7, 5])]
      return {
        results: {
          y: ops.affine(x.slice(2, 5), w, []), dx: ops.affineBackwardInput(d.slice(1, 6), w),
          dw: ops.outerSum(d.slice(0, 4), x.slice(2, 6)), db: ops.biasSum(d.slice(3, 5)),
        },
      }
    },
  },
  {
    name: 'slices of slots, single and a placed state', tolerance: 1e-5,
    inputs: [{ p: numbers(1, 3 * 2 * 9), h0: numbers(2, 18), u: numbers(3, 81, 0.4), v: numbers(4, 27), c: numbers(5, 3), lengths: full(2, 3) }],
    build: (ops) => {
      const [p, h0, u, v, c] = [ops.sequenceInput('p', 3, 2, 9), ops.input('h0', [2, 9]), ops.input('u', [9, 9]), ops.input('v', [3, 9]), ops.input('c', [3])]
      const lengths = ops.lengthsInput('lengths', 2)
      const states = ops.sequence(4, 2, 9)
      ops.place(h0, ops.slot(states, 0))
      for (let step = 0; step < 3; step++) {
        ops.rnnStep({ projected: p.at(step), previous: states.at(step), weight: u, activation: 'tanh', lengths, step }, ops.slot(states, step + 1))
      }
      return {
        results: {
          states, before: ops.outerSum(states.slice(1, 4), states.slice(0, 3)),
          outputs: ops.affine(states.slice(1, 4), v, [c]), last: ops.affine(ops.single(states.at(3)), v, [c]), end: states.at(3),
        },
      }
    },
  },
]

export const linearCases: PrimitiveCase[] = [...affine, ...oneHot, ...views]
