import { formatFigure } from '../../ui/format'
import { type Drawing, drawingSvg, type Mark } from './drawing'
import type { Picture } from './picture'

export interface Bar { readonly name: string; readonly value: number }

const [row, left, right] = [16, 74, 62] as const

/** Bars to the left and right of nought, one below the other; `chance` is drawn as the band within which chance reaches. */
export function barsDrawing(bars: readonly Bar[], width: number, limit: number, chance: number | null): Drawing {
  const height = bars.length * row + 4
  const reach = Math.max(20, (width - left - right) / 2)
  const middle = left + reach
  const at = (value: number) => middle + Math.max(-1, Math.min(1, value / limit)) * reach
  const marks: Mark[] = []
  if (chance !== null) marks.push({ kind: 'rect', x: at(-chance), y: 0, width: at(chance) - at(-chance), height, fill: '--surface-3', title: `by chance up to ${formatFigure(chance, 3)}` })
  marks.push({ kind: 'line', points: [[middle, 0], [middle, height]], stroke: '--border-strong' })
  bars.forEach(({ name, value }, index) => {
    const y = index * row + 2
    marks.push({ kind: 'text', x: left - 8, y: y + 11, text: name.length > 12 ? `${name.slice(0, 11)}…` : name, anchor: 'end', mono: true })
    if (Number.isFinite(value)) marks.push({ kind: 'rect', x: Math.min(at(value), middle), y: y + 2, width: Math.abs(at(value) - middle), height: row - 5, fill: value < 0 ? '--heat-negative' : '--heat-positive', title: `${name}: ${formatFigure(value)}` })
    marks.push({ kind: 'text', x: width - 4, y: y + 11, text: formatFigure(value, 3), anchor: 'end', mono: true, fill: '--text' })
  })
  return { width, height, marks }
}

/** Bars to be taken away, with all numbers behind them. */
export function barsPicture(name: string, bars: readonly Bar[], limit: number, chance: number | null, more: Pick<Picture, 'table' | 'tensors' | 'metadata'>): Picture {
  const drawing = barsDrawing(bars, 560, limit, chance)
  return { name, width: drawing.width, height: drawing.height, svg: async () => drawingSvg(barsDrawing(bars, 560, limit, chance)), ...more }
}
