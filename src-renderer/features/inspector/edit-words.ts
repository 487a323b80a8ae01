import { gatesOf, weightSpecs, type WeightSpec } from '@shared/model/weights'
import type { Trace } from '@shared/rpc/inspect-schemas'
import type { Run } from '@shared/rpc/schemas'
import type { Edit } from '../../stores/ablate'
import { formatFigure, visibleSymbol } from '../../ui/format'
import { type Place, placesOf } from './tensor-words'

type Model = Run['experiment']['model']

/** The gates of a cell in the order of its rows. */
export const gateRows = { rnn: ['h'], gru: ['r', 'z', 'n'], lstm: ['i', 'f', 'g', 'o'] } as const

/** `l0`, `encoder.l1_reverse`: how edits name a layer. */
export const cellName = ({ stack, suffix }: Place): string => `${stack}${suffix.slice(1)}`

/** What of a unit can be held, and between which numbers; `kind` tells the edit it makes. */
export interface Holdable { readonly id: string; readonly label: string; readonly kind: 'unit' | 'gate'; readonly least: number; readonly most: number }

export function holdables({ cell, activation }: Pick<Model, 'cell' | 'activation'>): Holdable[] {
  const gate = (id: string, label: string): Holdable => ({ id, label: `${id}  ${label}`, kind: 'gate', least: id === 'g' || id === 'n' ? -1 : 0, most: 1 })
  if (cell === 'rnn') return [{ id: 'h', label: 'h  hidden state', kind: 'unit', least: activation === 'relu' ? 0 : -1, most: activation === 'relu' ? 10 : 1 }]
  if (cell === 'gru') return [{ id: 'h', label: 'h  hidden state', kind: 'unit', least: -1, most: 1 }, gate('r', 'reset gate'), gate('z', 'update gate'), gate('n', 'candidate')]
  // c of a held unit can't pass 1, and h can't pass tanh 1.
  return [
    { id: 'h', label: 'h  hidden state', kind: 'unit', least: -0.76, most: 0.76 }, { id: 'c', label: 'c  cell state', kind: 'unit', least: -1, most: 1 },
    gate('i', 'input gate'), gate('f', 'forget gate'), gate('g', 'candidate'), gate('o', 'output gate'),
  ]
}

/** A weight as the equations call it, and where it is. */
export interface NamedWeight extends WeightSpec { readonly label: string }

export function weightsOf({ experiment: { model, task } }: Run, trace: Trace): NamedWeight[] {
  const places = placesOf(trace)
  const letters: Record<string, string> = { weight_ih: 'W', weight_hh: 'U', bias_ih: 'b of W', bias_hh: 'b of U' }
  return weightSpecs(model, trace.inputs.length, trace.outputs.length, task.output).map((spec) => {
    const found = /^(.*?)rnn\.(\w+?)(_l\d+(?:_reverse)?)$/.exec(spec.name)
    if (!found) return { ...spec, label: spec.name === 'head.weight' ? 'V, the output' : spec.name === 'head.bias' ? 'c, bias of the output' : `E, ${spec.name.replace('.weight', '')}` }
    const [, stack, kind, suffix] = found
    const place = places.find((each) => each.stack === stack && each.suffix === suffix)
    return { ...spec, label: `${letters[kind!] ?? kind}${places.length > 1 && place ? `, ${place.label}` : ''}` }
  })
}

/** What a row and a column of a weight are called. */
export function cellNames(name: string, { cell, hiddenSize }: Pick<Model, 'cell' | 'hiddenSize'>, trace: Trace, shape: readonly number[]): { row: (at: number) => string; column: (at: number) => string } {
  const symbol = (text: string | undefined, at: number) => text === undefined ? String(at) : visibleSymbol(text)
  const decoder = name.startsWith('decoder.')
  const inputs = decoder ? trace.outputs : trace.inputs
  if (name.includes('embedding.')) return { row: (at) => symbol(inputs[at], at), column: String }
  if (name.startsWith('head.')) return { row: (at) => symbol(trace.outputs[at], at), column: (at) => shape.length > 1 ? String(at) : '' }
  const width = shape[0]! / gatesOf[cell] || hiddenSize
  const row = (at: number) => cell === 'rnn' ? String(at) : `${gateRows[cell][Math.floor(at / width)]} ${at % width}`
  const first = /weight_ih_l0/.test(name) && shape[1] === inputs.length
  return { row, column: (at) => shape.length === 1 ? '' : first ? symbol(inputs[at], at) : String(at) }
}

/** An edit in one line. */
export function editWords(edit: Edit, run: Run, trace: Trace): string {
  const place = (cell: string) => {
    const places = placesOf(trace)
    const found = places.find((each) => cellName(each) === cell)
    return places.length > 1 && found ? ` of ${found.label}` : ''
  }
  switch (edit.kind) {
    case 'unit': return (edit.value ?? 0) === 0 && (edit.of ?? 'h') === 'h' ? `unit ${edit.unit}${place(edit.cell)} silenced` : `${edit.of ?? 'h'} of unit ${edit.unit}${place(edit.cell)} held at ${formatFigure(edit.value, 3)}`
    case 'gate': return `gate ${edit.gate} of unit ${edit.unit}${place(edit.cell)} held at ${formatFigure(edit.value, 3)}`
    case 'weight': {
      const found = weightsOf(run, trace).find(({ name }) => name === edit.name)
      const names = cellNames(edit.name, run.experiment.model, trace, found?.shape ?? [1])
      return `${found?.label ?? edit.name} [${[names.row(edit.row), names.column(edit.column ?? 0)].filter(Boolean).join(', ')}] = ${formatFigure(edit.value)}`
    }
    case 'input': return edit.symbol !== null && edit.symbol !== undefined ? `step ${edit.step} reads “${visibleSymbol(edit.symbol)}”` : `step ${edit.step} reads ${(edit.values ?? []).slice(0, 3).map((value) => formatFigure(value, 3)).join(', ')}${(edit.values?.length ?? 0) > 3 ? ', …' : ''}`
  }
}
