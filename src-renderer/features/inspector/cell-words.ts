import { formatFigure, visibleSymbol } from '../../ui/format'
import type { Sheet } from '../../stores/inspector'
import type { Cell } from './heatmap-geometry'

/** The exact value of a cell and where it stands: unit or output, step, symbol, and how probable the next one was to the network. */
export function readCell(states: Sheet, order: Uint32Array, cell: Cell, isText: boolean, symbol = 'h'): string {
  const unit = order[cell.row] ?? 0
  const label = states.labels[cell.step] ?? ''
  const parts = [
    states.names ? `output “${visibleSymbol(states.names[unit] ?? String(unit))}”` : `unit ${unit}`,
    `step ${cell.step}`,
    isText ? `“${visibleSymbol(label)}”` : label,
    `${symbol} = ${formatFigure(states.hidden[cell.step * states.units + unit], 6)}`,
  ]
  const next = states.surprise?.[cell.step]
  if (next !== undefined && next >= 0) parts.push(`p(next) = ${formatFigure(next)}`)
  return parts.filter(Boolean).join('  ·  ')
}
