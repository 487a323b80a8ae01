import { UnrollError } from '@shared/errors'
import type { ModelSpec } from '@shared/experiment/schema'
import type { Weights } from '../training/types'
import type { LookedInput, LookedNetwork } from './looked-network'

/** What is changed by hand in a network or in what it reads. */
export type Edit =
  /** h of a unit is held at a number at every step; 0 silences it. Of an LSTM with `of` c its cell state. */
  | { kind: 'unit'; cell: string; unit: number; of: 'h' | 'c'; value: number }
  /** A gate of a unit is held at a number. */
  | { kind: 'gate'; cell: string; gate: string; unit: number; value: number }
  /** One number of a weight. */
  | { kind: 'weight'; name: string; row: number; column: number; value: number }
  /** What is read at a step: a token, or numbers. */
  | { kind: 'input'; step: number; token: number | null; values: readonly number[] | null }

const letters = { rnn: ['h'], gru: ['r', 'z', 'n'], lstm: ['i', 'f', 'g', 'o'] } as const
/** Where σ and tanh are 0 or ±1 to the last bit of a float32. */
const [openSigmoid, openTanh] = [40, 20]

/**
 * The network with its weights changed so that units and gates hold their numbers exactly: the rows of W and U that a gate
 * comes from are emptied and its bias alone is left, b = logit(v) or artanh(v).
 *   h of Elman: its one row.  h of GRU: z = 0, n = v.  h of LSTM: o = 1, f = 0, i = 1, g = artanh v; silent: o = 0.  c: f = 0, i = 1, g = v
 * Other weights stay as they are, and the ones given are not changed.
 * @throws UnrollError `inspect.edit` saying which number can't be held, or what there isn't
 */
export function editedNetwork(network: LookedNetwork, edits: readonly Edit[]): LookedNetwork {
  const weights: Weights = { ...network.weights }
  const own = new Set<string>()
  /** A copy of a weight, made once. */
  const writable = (name: string) => {
    const found = weights[name]
    if (!found) throw refuse(`There is no weight "${name}".`, `It has ${Object.keys(weights).join(', ')}.`)
    if (!own.has(name)) weights[name] = { shape: found.shape, data: found.data.slice() }
    own.add(name)
    return weights[name]!
  }
  for (const edit of edits) {
    if (edit.kind === 'weight') {
      const { shape, data } = writable(edit.name)
      const [rows, columns] = [shape[0]!, shape[1] ?? 1]
      if (edit.row >= rows || edit.column >= columns) throw refuse(`${edit.name} is [${shape.join(', ')}], so it has no element [${edit.row}, ${edit.column}].`)
      data[edit.row * columns + edit.column] = edit.value
    } else if (edit.kind !== 'input') {
      const cells = cellsOf(weights)
      if (!cells.includes(edit.cell)) throw refuse(`There is no layer "${edit.cell}".`, `It has ${cells.join(', ')}.`)
      for (const [gate, value] of held(network.model, edit)) holdGate(network.model, writable, edit, gate, value)
    }
  }
  return { ...network, weights }
}

/** The input with some of its steps replaced. */
export function editedInput(input: LookedInput, inputSize: number, edits: readonly Edit[]): LookedInput {
  const changes = edits.filter((edit) => edit.kind === 'input')
  if (changes.length === 0) return input
  const x = input.x.slice()
  const width = input.kind === 'tokens' ? 1 : inputSize
  for (const { step, token, values } of changes) {
    if ((step + 1) * width > x.length) throw refuse(`There is no step ${step} to change.`)
    const given = input.kind === 'tokens' ? (token === null ? null : [token]) : values
    if (given?.length !== width) throw refuse(`Step ${step} needs ${input.kind === 'tokens' ? 'a token' : `${width} numbers`}.`)
    x.set(given, step * width)
  }
  return { ...input, x }
}

/** The gates that keep a unit, or the one gate, at its number. */
function held({ cell, activation }: ModelSpec, edit: Exclude<Edit, { kind: 'weight' | 'input' }>): [string, number][] {
  const { value } = edit
  if (edit.kind === 'gate') {
    if (!(letters[cell] as readonly string[]).includes(edit.gate) || cell === 'rnn') throw refuse(`This cell has no gate "${edit.gate}".`, cell === 'rnn' ? 'An Elman cell has none; hold a unit instead.' : `It has ${letters[cell].join(', ')}.`)
    const sigmoid = edit.gate !== 'g' && edit.gate !== 'n'
    expectWithin(value, sigmoid ? 0 : -1, 1, `Gate ${edit.gate}`)
    return [[edit.gate, value]]
  }
  if (edit.of === 'c') {
    if (cell !== 'lstm') throw refuse('Only an LSTM has a cell state.')
    expectWithin(value, -1, 1, 'The cell state')
    return [['f', 0], ['i', 1], ['g', value]]
  }
  if (cell === 'rnn') {
    expectWithin(value, activation === 'relu' ? 0 : -1, activation === 'relu' ? Infinity : 1, 'The unit')
    return [['h', value]]
  }
  if (cell === 'gru') {
    expectWithin(value, -1, 1, 'The unit')
    return [['z', 0], ['n', value]]
  }
  if (value === 0) return [['o', 0]]
  // c can't pass 1 where i and g don't, so neither can h pass tanh 1.
  expectWithin(value, -Math.tanh(1), Math.tanh(1), 'An LSTM\'s unit')
  return [['o', 1], ['f', 0], ['i', 1], ['g', Math.atanh(value)]]
}

function holdGate({ cell, activation }: ModelSpec, writable: (name: string) => { shape: number[]; data: Float32Array }, { cell: where, unit }: { cell: string; unit: number }, gate: string, value: number): void {
  const name = (kind: string) => cellWeight(where, kind)
  const recurrent = writable(name('weight_hh'))
  const hidden = recurrent.shape[1]!
  if (unit >= hidden) throw refuse(`${where} has ${hidden} units, so it has no unit ${unit}.`)
  const row = (letters[cell] as readonly string[]).indexOf(gate) * hidden + unit
  for (const weight of [recurrent, writable(name('weight_ih'))]) weight.data.fill(0, row * weight.shape[1]!, (row + 1) * weight.shape[1]!)
  const tanh = gate === 'g' || gate === 'n' || gate === 'h'
  writable(name('bias_hh')).data[row] = 0
  writable(name('bias_ih')).data[row] = gate === 'h' && activation === 'relu' ? value : tanh ? clamp(Math.atanh(value), openTanh) : clamp(Math.log(value / (1 - value)), openSigmoid)
}

/** `encoder.l1_reverse` and `weight_ih` → `encoder.rnn.weight_ih_l1_reverse`. */
export function cellWeight(cell: string, kind: string): string {
  const dot = cell.lastIndexOf('.') + 1
  return `${cell.slice(0, dot)}rnn.${kind}_${cell.slice(dot)}`
}

/** `l0`, `encoder.l1_reverse` …: the other way round. */
const cellsOf = (weights: Weights): string[] => Object.keys(weights).flatMap((name) => {
  const [, stack, cell] = /^(.*)rnn\.weight_hh_(l\d+(?:_reverse)?)$/.exec(name) ?? []
  return cell === undefined ? [] : [stack! + cell]
})

const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, value))

function expectWithin(value: number, least: number, most: number, what: string): void {
  if (value >= least && value <= most) return
  throw refuse(`${what} can be held between ${Number(least.toFixed(4))} and ${Number(most.toFixed(4))}, but ${value} was asked for.`)
}

const refuse = (message: string, hint?: string) => new UnrollError('inspect.edit', message, hint === undefined ? {} : { hint })
