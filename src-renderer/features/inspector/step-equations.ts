import type { ModelSpec } from '@shared/experiment/schema'
import type { Moment } from '@shared/rpc/inspect-schemas'
import { formatFigure } from '../../ui/format'
import type { Place } from './tensor-words'

/** One sum of a cell and what becomes of it, for all units. */
export interface Gate {
  /** i, f, g, o, r, z, n, or h of an Elman cell. */
  of: string
  /** "input gate", or what it is. */
  name: string
  squash: 'σ' | 'tanh' | 'relu'
  Wx: Float32Array
  /** U h_{t−1}; of a GRU's candidate already under its reset gate. */
  Uh: Float32Array
  b: Float32Array
  value: Float32Array
}

export interface Line {
  /** "c_t = f ⊙ c_{t−1} + i ⊙ g" */
  equation: string
  /** The same with the numbers of one unit. */
  numbers: (unit: number) => string
  name: string
  value: Float32Array
}

/** Everything that happens in one cell at one step, in the order it happens. */
export interface StepWork {
  gates: Gate[]
  lines: Line[]
  previous: { name: string; value: Float32Array }[]
}

const names: Record<string, string> = { i: 'input gate', f: 'forget gate', g: 'candidate', o: 'output gate', r: 'reset gate', z: 'update gate', n: 'candidate', h: 'hidden state' }
const figure = (value: number | undefined) => formatFigure(value, 3)
const bracket = (value: number | undefined) => value !== undefined && value < 0 ? `(${figure(value)})` : figure(value)

/** @throws Error when the moment lacks what the cell is made of: a fault of ours */
export function stepWork(moment: Moment, place: Place, { cell, activation }: Pick<ModelSpec, 'cell' | 'activation'>): StepWork {
  const at = (letter: string) => found(moment.tensors, `${place.stack}${letter}${place.suffix}`)
  const before = (letter: string) => found(moment.previous, `${place.stack}${letter}${place.suffix}`)
  const bias = (which: 'ih' | 'hh') => Object.entries(moment.biases).find(([name]) => name.endsWith(`bias_${which}${place.suffix}`) && name.startsWith(place.stack))?.[1]
  const h = at('h')
  const units = h.length
  const part = (all: Float32Array | undefined, index: number) => all ? all.subarray(index * units, (index + 1) * units) : new Float32Array(units)
  const sum = (a: Float32Array, b: Float32Array) => a.map((value, unit) => value + b[unit]!)
  const [Wx, Uh, bIh, bHh] = [at('Wx'), at('Uh'), bias('ih'), bias('hh')]
  const gate = (of: string, index: number, squash: Gate['squash']): Gate =>
    ({ of, name: names[of]!, squash, Wx: part(Wx, index), Uh: part(Uh, index), b: sum(part(bIh, index), part(bHh, index)), value: at(of) })
  const previous = [{ name: 'h', value: before('h') }]

  if (cell === 'rnn') return { gates: [gate('h', 0, activation)], lines: [], previous }
  if (cell === 'lstm') {
    const [i, f, g, o] = [gate('i', 0, 'σ'), gate('f', 1, 'σ'), gate('g', 2, 'tanh'), gate('o', 3, 'σ')]
    const [c, cBefore] = [at('c'), before('c')]
    return {
      gates: [i, f, g, o], previous: [...previous, { name: 'c', value: cBefore }],
      lines: [
        { equation: 'c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t', name: 'c', value: c, numbers: (u) => `${figure(f.value[u])} · ${bracket(cBefore[u])} + ${figure(i.value[u])} · ${bracket(g.value[u])} = ${figure(c[u])}` },
        { equation: 'h_t = o_t ⊙ tanh(c_t)', name: 'h', value: h, numbers: (u) => `${figure(o.value[u])} · tanh(${figure(c[u])}) = ${figure(h[u])}` },
      ],
    }
  }
  const [r, z] = [gate('r', 0, 'σ'), gate('z', 1, 'σ')]
  const q = at('q')
  const n: Gate = { of: 'n', name: names['n']!, squash: 'tanh', Wx: part(Wx, 2), Uh: q.map((value, unit) => value * r.value[unit]!), b: part(bIh, 2), value: at('n') }
  const hBefore = previous[0]!.value
  return {
    gates: [r, z, n], previous,
    lines: [{ equation: 'h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}', name: 'h', value: h, numbers: (u) => `${figure(1 - z.value[u]!)} · ${bracket(n.value[u])} + ${figure(z.value[u])} · ${bracket(hBefore[u])} = ${figure(h[u])}` }],
  }
}

/** The likeliest outputs of a step, or all of a few: with probabilities where classes are predicted. */
export function topOutputs(y: Float32Array, outputs: readonly string[], classes: boolean, count = 8): { index: number; name: string; value: number; probability: number | null }[] {
  const largest = y.reduce((most, value) => Math.max(most, value), -Infinity)
  const sum = y.reduce((total, value) => total + Math.exp(value - largest), 0)
  const all = Array.from(y, (value, index) => ({ index, name: outputs[index] ?? String(index), value, probability: classes ? Math.exp(value - largest) / sum : null }))
  return (classes ? all.sort((a, b) => b.value - a.value) : all).slice(0, count)
}

function found(tensors: Record<string, Float32Array>, name: string): Float32Array {
  const values = tensors[name]
  if (!values) throw new Error(`The step lacks ${name}; it has ${Object.keys(tensors).join(', ')}.`)
  return values
}
