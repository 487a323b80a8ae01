import type { Ops, Sequence } from '@main/engine/backends/backend'
import { full, numbers, raggedLengths, type PrimitiveCase } from './case'

const widths = [1, 3, 5, 8, 9, 17, 33]

/** Width, batch and lengths, so that widths meet full and ragged lengths; every second case runs from the last step to the first. */
const settings = widths.map((hidden, index) => {
  const [batch, steps] = [index % 5 + 1, index % 4 + 2]
  return { hidden, batch, steps, reverse: index % 4 === 1 || index % 4 === 2, lengths: index % 2 ? raggedLengths(batch, steps) : full(batch, steps), seed: index + 1 }
})
type Setting = (typeof settings)[number]

const about = ({ hidden, batch, steps, reverse, lengths }: Setting) => `H=${hidden} B=${batch} T=${steps}${reverse ? ' reverse' : ''}, lengths ${lengths.join(' ')}`

/** Time steps in the order they are done, with the slots of the state before and after each. */
const order = ({ steps, reverse }: Setting) => Array.from({ length: steps }, (_, index) =>
  reverse ? { step: steps - 1 - index, before: steps - index, after: steps - 1 - index } : { step: index, before: index, after: index + 1 })

function start(ops: Ops, { steps, batch, hidden, reverse }: Setting, name: string): Sequence {
  const states = ops.sequence(steps + 1, batch, hidden)
  ops.place(ops.input(name, [batch, hidden]), ops.slot(states, reverse ? steps : 0))
  return states
}

/** The whole loop forward and back, all there is along the way being compared. */
const lstm = settings.map((setting): PrimitiveCase => {
  const { steps, batch, hidden, lengths: values, seed } = setting
  return {
    name: `lstm through time ${about(setting)}`, tolerance: 3e-5,
    inputs: [0, 1].map((run) => ({
      p: numbers(seed + 100 * run, steps * batch * 4 * hidden, 2), g: numbers(seed + 9 + run, steps * batch * hidden), h: numbers(seed + 1 + run, batch * hidden),
      c: numbers(seed + 3 + run, batch * hidden), u: numbers(seed + 2, 4 * hidden * hidden, 1 / Math.sqrt(hidden)), lengths: values,
    })),
    build: (ops) => {
      const [p, g, u, lengths] = [ops.sequenceInput('p', steps, batch, 4 * hidden), ops.sequenceInput('g', steps, batch, hidden), ops.input('u', [4 * hidden, hidden]), ops.lengthsInput('lengths', batch)]
      const [h, c] = [start(ops, setting, 'h'), start(ops, setting, 'c')]
      const [gates, deltas] = [ops.sequence(steps, batch, 4 * hidden), ops.sequence(steps, batch, 4 * hidden)]
      const done = order(setting)
      for (const { step, before, after } of done) {
        ops.lstmStep({ projected: p.at(step), previous: h.at(before), cell: c.at(before), weight: u, lengths, step },
          { hidden: ops.slot(h, after), cell: ops.slot(c, after), gates: ops.slot(gates, step) })
      }
      const back = done.toReversed()
      let [gradient, cellGradient] = [g.at(back[0]!.step), null as ReturnType<Ops['input']> | null]
      for (const [index, { step, before, after }] of back.entries()) {
        const found = ops.lstmDelta({ gradient, cellGradient, gates: gates.at(step), previousCell: c.at(before), cell: c.at(after), lengths, step }, ops.slot(deltas, step))
        const next = back[index + 1]
        gradient = ops.recurrentBackward({ delta: found.delta, weight: u, direct: ops.held({ gradient, lengths, step }), addend: next ? g.at(next.step) : null })
        cellGradient = found.cellGradient
      }
      return { results: { h, c, gates, deltas, gradient, cellGradient: cellGradient!, db: ops.biasSum(deltas), du: ops.outerSum(deltas, setting.reverse ? h.slice(1, steps + 1) : h.slice(0, steps)) } }
    },
  }
})

const gru = settings.map((setting): PrimitiveCase => {
  const { steps, batch, hidden, lengths: values, seed } = setting
  return {
    name: `gru through time ${about(setting)}`, tolerance: 3e-5,
    inputs: [0, 1].map((run) => ({
      p: numbers(seed + 100 * run, steps * batch * 3 * hidden, 2), g: numbers(seed + 9 + run, steps * batch * hidden), h: numbers(seed + 1 + run, batch * hidden),
      b: numbers(seed + 3, 3 * hidden), u: numbers(seed + 2, 3 * hidden * hidden, 1 / Math.sqrt(hidden)), lengths: values,
    })),
    build: (ops) => {
      const [p, g, u, bias, lengths] = [
        ops.sequenceInput('p', steps, batch, 3 * hidden), ops.sequenceInput('g', steps, batch, hidden), ops.input('u', [3 * hidden, hidden]),
        ops.input('b', [3 * hidden]), ops.lengthsInput('lengths', batch),
      ]
      const h = start(ops, setting, 'h')
      const [gates, input, recurrent] = [ops.sequence(steps, batch, 4 * hidden), ops.sequence(steps, batch, 3 * hidden), ops.sequence(steps, batch, 3 * hidden)]
      const done = order(setting)
      for (const { step, before, after } of done) {
        ops.gruStep({ projected: p.at(step), previous: h.at(before), weight: u, bias, lengths, step }, { hidden: ops.slot(h, after), gates: ops.slot(gates, step) })
      }
      const back = done.toReversed()
      let gradient = g.at(back[0]!.step)
      for (const [index, { step, before }] of back.entries()) {
        const found = ops.gruDelta({ gradient, gates: gates.at(step), previous: h.at(before), lengths, step }, { input: ops.slot(input, step), recurrent: ops.slot(recurrent, step) })
        const next = back[index + 1]
        gradient = ops.recurrentBackward({ delta: found.recurrent, weight: u, direct: found.direct, addend: next ? g.at(next.step) : null })
      }
      return { results: { h, gates, input, recurrent, gradient, dw: ops.biasSum(input), db: ops.biasSum(recurrent), du: ops.outerSum(recurrent, setting.reverse ? h.slice(1, steps + 1) : h.slice(0, steps)) } }
    },
  }
})

/** Saturated gates neither overflow nor lose their gradient's sign. */
const saturated: PrimitiveCase[] = [30, 400].map((scale) => ({
  name: `lstmStep and gruStep, sums up to ±${scale}`, tolerance: 2e-5,
  inputs: [{ p4: numbers(1, 2 * 4 * 5, scale), p3: numbers(2, 2 * 3 * 5, scale), h: numbers(3, 10), c: numbers(4, 10, 3), u4: numbers(5, 100), u3: numbers(6, 75), b: numbers(7, 15), lengths: Int32Array.of(1, 1) }],
  build: (ops) => {
    const [h, lengths] = [ops.input('h', [2, 5]), ops.lengthsInput('lengths', 2)]
    const [lstmH, lstmC, lstmGates] = [ops.sequence(1, 2, 5), ops.sequence(1, 2, 5), ops.sequence(1, 2, 20)]
    const [gruH, gruGates] = [ops.sequence(1, 2, 5), ops.sequence(1, 2, 20)]
    ops.lstmStep({ projected: ops.input('p4', [2, 20]), previous: h, cell: ops.input('c', [2, 5]), weight: ops.input('u4', [20, 5]), lengths, step: 0 },
      { hidden: ops.slot(lstmH, 0), cell: ops.slot(lstmC, 0), gates: ops.slot(lstmGates, 0) })
    ops.gruStep({ projected: ops.input('p3', [2, 15]), previous: h, weight: ops.input('u3', [15, 5]), bias: ops.input('b', [15]), lengths, step: 0 }, { hidden: ops.slot(gruH, 0), gates: ops.slot(gruGates, 0) })
    return { results: { lstmH, lstmC, lstmGates, gruH, gruGates } }
  },
}))

/** All four ways of leaving a term out, and a gradient held by rows that have ended. */
const backward = settings.flatMap(({ hidden, batch, lengths: values, steps, seed }) => [true, false].flatMap((direct) => [true, false].map((addend): PrimitiveCase => {
  const gates = seed % 2 ? 4 : 3
  const matrix = (at: number) => numbers(seed + at, batch * hidden)
  return {
    name: `recurrentBackward and held [${gates}·${hidden}, ${hidden}] B=${batch}, step ${steps - 1} of lengths ${values.join(' ')}, ${direct ? 'with' : 'without'} direct, ${addend ? 'with' : 'without'} addend`,
    tolerance: 1e-5,
    inputs: [0, 1].map((run) => ({
      u: numbers(seed, gates * hidden * hidden), d: numbers(seed + run, batch * gates * hidden), g: matrix(5 + run), lengths: values, ...(direct ? { direct: matrix(10 + run) } : {}), ...(addend ? { addend: matrix(20 + run) } : {}),
    })),
    build: (ops) => {
      const optional = (name: string, there: boolean) => (there ? ops.input(name, [batch, hidden]) : null)
      const held = ops.held({ gradient: ops.input('g', [batch, hidden]), lengths: ops.lengthsInput('lengths', batch), step: steps - 1 })
      return {
        results: {
          held,
          back: ops.recurrentBackward({ delta: ops.input('d', [batch, gates * hidden]), weight: ops.input('u', [gates * hidden, hidden]), direct: optional('direct', direct), addend: optional('addend', addend) }),
        },
      }
    },
  }
})))

export const gatedCases: PrimitiveCase[] = [...lstm, ...gru, ...saturated, ...backward]
