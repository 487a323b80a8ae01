import type { Activation } from '@main/engine/backends/backend'
import { full, numbers, raggedLengths, type PrimitiveCase } from './case'

const widths = [1, 3, 5, 7, 8, 9, 17, 33]
const activations: Activation[] = ['tanh', 'relu']

/** Activation, width, batch and lengths, so that each width meets full and ragged lengths. */
const settings = activations.flatMap((activation) => widths.map((hidden, index) => {
  const [batch, steps] = [index % 5 + 1, index % 4 + 2]
  return { activation, hidden, batch, steps, lengths: index % 2 ? raggedLengths(batch, steps) : full(batch, steps), seed: index + 1 }
}))

const forward = settings.map(({ activation, hidden, batch, steps, lengths, seed }): PrimitiveCase => ({
  name: `rnnStep ${activation} H=${hidden} B=${batch} T=${steps}, lengths ${lengths.join(' ')}`, tolerance: 2e-5,
  inputs: [0, 1].map((run) => ({
    p: numbers(seed + 100 * run, steps * batch * hidden), h: numbers(seed + 1 + run, batch * hidden),
    u: numbers(seed + 2, hidden * hidden, 1 / Math.sqrt(hidden)), lengths,
  })),
  build: (ops) => {
    const [p, h, u, valid] = [ops.sequenceInput('p', steps, batch, hidden), ops.input('h', [batch, hidden]), ops.input('u', [hidden, hidden]), ops.lengthsInput('lengths', batch)]
    const states = ops.sequence(steps + 1, batch, hidden)
    ops.place(h, ops.slot(states, 0))
    let previous = states.at(0)
    for (let step = 0; step < steps; step++) {
      previous = ops.rnnStep({ projected: p.at(step), previous, weight: u, activation, lengths: valid, step }, ops.slot(states, step + 1))
    }
    return { results: { states: states.slice(1, steps + 1), last: previous } }
  },
}))

const backward = settings.flatMap(({ activation, hidden, batch, steps, lengths, seed }): PrimitiveCase[] => {
  const step = steps - 1
  const matrix = (at: number) => numbers(seed + at, batch * hidden)
  const inputs = [0, 1].map((run) => ({ gradient: matrix(10 + run), state: matrix(20 + run), addend: matrix(30 + run), u: numbers(seed, hidden * hidden), lengths }))
  const about = `${activation} H=${hidden} B=${batch}, step ${step} of lengths ${lengths.join(' ')}`
  const one = (withAddend: boolean): PrimitiveCase => ({
    name: `rnnDelta and rnnBackward ${about}, ${withAddend ? 'with' : 'without'} addend`, tolerance: 1e-5,
    inputs: inputs.map(({ addend, ...rest }) => (withAddend ? { ...rest, addend } : rest)),
    build: (ops) => {
      const [gradient, state, u] = [ops.input('gradient', [batch, hidden]), ops.input('state', [batch, hidden]), ops.input('u', [hidden, hidden])]
      const valid = ops.lengthsInput('lengths', batch)
      const addend = withAddend ? ops.input('addend', [batch, hidden]) : null
      const deltas = ops.sequence(1, batch, hidden)
      const delta = ops.rnnDelta({ gradient, state, activation, lengths: valid, step }, ops.slot(deltas, 0))
      return { results: { deltas, back: ops.rnnBackward({ delta, weight: u, gradient, addend, lengths: valid, step }) } }
    },
  })
  return [one(true), one(false)]
})

/** The whole loop, forward and backward in time, slots filled from the last step to the first. */
const through = activations.map((activation): PrimitiveCase => {
  const [steps, batch, hidden] = [5, 3, 7]
  return {
    name: `rnn through time ${activation}, slots filled backwards`, tolerance: 5e-5,
    inputs: [{ p: numbers(1, steps * batch * hidden), g: numbers(2, steps * batch * hidden), u: numbers(3, hidden * hidden, 0.5), h: numbers(4, batch * hidden), lengths: Int32Array.of(5, 2, 3) }],
    build: (ops) => {
      const [p, g] = [ops.sequenceInput('p', steps, batch, hidden), ops.sequenceInput('g', steps, batch, hidden)]
      const [u, h, lengths] = [ops.input('u', [hidden, hidden]), ops.input('h', [batch, hidden]), ops.lengthsInput('lengths', batch)]
      const [states, deltas] = [ops.sequence(steps + 1, batch, hidden), ops.sequence(steps, batch, hidden)]
      ops.place(h, ops.slot(states, 0))
      for (let step = 0; step < steps; step++) {
        ops.rnnStep({ projected: p.at(step), previous: states.at(step), weight: u, activation, lengths, step }, ops.slot(states, step + 1))
      }
      let gradient = g.at(steps - 1)
      for (let step = steps - 1; step >= 0; step--) {
        const delta = ops.rnnDelta({ gradient, state: states.at(step + 1), activation, lengths, step }, ops.slot(deltas, step))
        gradient = ops.rnnBackward({ delta, weight: u, gradient, addend: step > 0 ? g.at(step - 1) : null, lengths, step })
      }
      return { results: { states, deltas, gradient, du: ops.outerSum(deltas, states.slice(0, steps)), db: ops.biasSum(deltas) } }
    },
  }
})

export const elmanCases: PrimitiveCase[] = [...forward, ...backward, ...through]
