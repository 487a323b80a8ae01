import { visibleSymbol } from '../../ui/format'
import type { StepRange } from '../../stores/brush'
import { type Cell, cellPlace, type HeatmapLayout, type Scroll } from './heatmap-geometry'
import type { InputLane } from './input-lane'
import { type HeatmapTiles, TILE } from './heatmap-tiles'

export interface HeatmapInk {
  readonly font: string
  readonly mono: string
  readonly ground: string
  readonly text: string
  readonly faint: string
  readonly line: string
  readonly accent: string
}

export interface HeatmapScene {
  readonly tiles: HeatmapTiles
  readonly layout: HeatmapLayout
  readonly scroll: Scroll
  readonly width: number
  readonly height: number
  readonly ink: HeatmapInk
  readonly cursor: Cell | null
  readonly selectedRow: number | null
  /** Steps brushed over. */
  readonly brushed: readonly StepRange[]
  /** What was read, along the axis, where that is numbers. */
  readonly lane: InputLane | null
  /** Labels are single characters of a text, not times. */
  readonly isText: boolean
}

/** Height of the rows above the cells. */
export const AXIS = { ticks: 18, symbols: 18, strip: 8, gap: 3 } as const

/** Cells narrower than that can't hold a character. */
export const SYMBOL_WIDTH = 8

export function inkOf(element: Element): HeatmapInk {
  const style = getComputedStyle(element)
  const token = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback
  return {
    font: token('--font-sans', 'sans-serif'), mono: token('--font-mono', 'monospace'), ground: token('--surface-1', '#fff'), text: token('--text', '#222'),
    faint: token('--text-faint', '#666'), line: token('--border', '#ddd'), accent: token('--accent', '#07a'),
  }
}

/** Draws what is in view: cells from tiles, then the margins over them, then the cursor. */
export function paintHeatmap(context: CanvasRenderingContext2D, scene: HeatmapScene): void {
  const { width, height, ink } = scene
  context.fillStyle = ink.ground
  context.fillRect(0, 0, width, height)
  paintCells(context, scene)
  paintSelection(context, scene)
  paintBrushed(context, scene)
  paintTop(context, scene)
  paintLeft(context, scene)
  paintCursor(context, scene)
}

function visibleSteps({ layout, scroll, width }: HeatmapScene): [first: number, end: number] {
  const first = Math.max(0, Math.floor(scroll.x / layout.cellWidth))
  return [first, Math.min(layout.steps, Math.ceil((scroll.x + width - layout.left) / layout.cellWidth))]
}

function visibleRows({ layout, scroll, height }: HeatmapScene): [first: number, end: number] {
  const first = Math.max(0, Math.floor(scroll.y / layout.rowHeight))
  return [first, Math.min(layout.units, Math.ceil((scroll.y + height - layout.top) / layout.rowHeight))]
}

function paintCells(context: CanvasRenderingContext2D, scene: HeatmapScene): void {
  const { layout, scroll, tiles } = scene
  const [firstStep, endStep] = visibleSteps(scene)
  const [firstRow, endRow] = visibleRows(scene)
  context.imageSmoothingEnabled = false
  for (let row = Math.floor(firstRow / TILE); row * TILE < endRow; row++) {
    for (let column = Math.floor(firstStep / TILE); column * TILE < endStep; column++) {
      const tile = tiles.get(column, row)
      const { x, y } = cellPlace(layout, { step: column * TILE, row: row * TILE }, scroll)
      context.drawImage(tile, x, y, tile.width * layout.cellWidth, tile.height * layout.rowHeight)
    }
  }
}

function paintSelection(context: CanvasRenderingContext2D, { layout, scroll, selectedRow, width, ink }: HeatmapScene): void {
  if (selectedRow === null) return
  const { y } = cellPlace(layout, { step: 0, row: selectedRow }, scroll)
  context.strokeStyle = ink.text
  context.lineWidth = 1
  context.strokeRect(layout.left - 0.5, y - 0.5, Math.min(width, layout.steps * layout.cellWidth - scroll.x + 1), layout.rowHeight + 1)
}

/** What isn't brushed steps back. */
function paintBrushed(context: CanvasRenderingContext2D, { layout, scroll, brushed, width, height, ink }: HeatmapScene): void {
  if (brushed.length === 0) return
  const x = (step: number) => Math.min(width, Math.max(layout.left, layout.left + step * layout.cellWidth - scroll.x))
  const edges = brushed.map(([from, to]) => [x(from), x(to)] as const)
  context.globalAlpha = 0.6
  context.fillStyle = ink.ground
  let left = layout.left
  for (const [from, to] of edges) {
    if (from > left) context.fillRect(left, layout.top, from - left, height)
    left = Math.max(left, to)
  }
  context.fillRect(left, layout.top, width - left, height)
  context.globalAlpha = 1
  context.fillStyle = ink.text
  // Of stretches out of sight only those at the edges would show.
  for (const [from, to] of edges) {
    if (to <= from) continue
    context.fillRect(from - 1, 0, 1, height)
    context.fillRect(to, 0, 1, height)
  }
}

function paintTop(context: CanvasRenderingContext2D, scene: HeatmapScene): void {
  const { layout, scroll, width, ink, isText, tiles: { states } } = scene
  context.fillStyle = ink.ground
  context.fillRect(0, 0, width, layout.top)
  const [first, end] = visibleSteps(scene)
  const x = (step: number) => layout.left + step * layout.cellWidth - scroll.x
  context.textBaseline = 'middle'
  context.fillStyle = ink.faint
  context.strokeStyle = ink.line
  context.font = `11px ${ink.font}`
  context.textAlign = 'left'
  const every = tickEvery(layout.cellWidth, isText ? 64 : 110)
  for (let step = Math.floor(first / every) * every; step < end; step += every) {
    context.fillRect(Math.round(x(step)), 4, 1, AXIS.ticks - 6)
    context.fillText(isText ? String(step + (states.origin ?? 0)) : states.labels[step] ?? String(step), x(step) + 4, AXIS.ticks / 2)
  }
  if (isText && layout.cellWidth >= SYMBOL_WIDTH) {
    context.font = `${Math.min(13, layout.cellWidth + 2)}px ${ink.mono}`
    context.textAlign = 'center'
    context.fillStyle = ink.text
    for (let step = first; step < end; step++) context.fillText(visibleSymbol(states.labels[step] ?? ''), x(step) + layout.cellWidth / 2, AXIS.ticks + AXIS.symbols / 2)
  }
  scene.lane?.paint(context, scene, AXIS.ticks, first, end)
  if (states.surprise) paintStrip(context, scene, states.surprise, first, end)
}

/** The probability given to the character that came next: the darker, the surer. */
function paintStrip(context: CanvasRenderingContext2D, { layout, scroll, ink }: HeatmapScene, surprise: Float32Array, first: number, end: number): void {
  const y = layout.top - AXIS.strip - AXIS.gap
  context.fillStyle = ink.accent
  for (let step = first; step < end; step++) {
    const probability = surprise[step] ?? Number.NaN
    if (!(probability >= 0)) continue
    context.globalAlpha = 0.06 + 0.94 * Math.min(1, probability)
    context.fillRect(layout.left + step * layout.cellWidth - scroll.x, y, layout.cellWidth, AXIS.strip)
  }
  context.globalAlpha = 1
}

function paintLeft(context: CanvasRenderingContext2D, scene: HeatmapScene): void {
  const { layout, scroll, height, ink, tiles } = scene
  context.fillStyle = ink.ground
  context.fillRect(0, 0, layout.left, height)
  const [first, end] = visibleRows(scene)
  context.font = `11px ${ink.font}`
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  context.fillStyle = ink.faint
  const every = tickEvery(layout.rowHeight, 16)
  for (let row = Math.ceil(first / every) * every; row < end; row += every) {
    const y = layout.top + (row + 0.5) * layout.rowHeight - scroll.y
    if (y >= layout.top + 5) context.fillText(rowName(tiles, row), layout.left - 6, y)
  }
  context.fillStyle = ink.ground
  context.fillRect(0, 0, layout.left, layout.top)
  context.fillStyle = ink.faint
  context.fillText(scene.isText ? 'step' : '', layout.left - 6, AXIS.ticks / 2)
  if (tiles.states.surprise) context.fillText('p', layout.left - 6, layout.top - AXIS.strip / 2 - AXIS.gap)
}

/** A unit's number, or what an output is called, as far as there is room. */
function rowName({ states: { names }, order }: HeatmapTiles, row: number): string {
  const name = names?.[order[row]!]
  return name === undefined ? String(order[row]) : name.length > 5 ? `${name.slice(0, 4)}…` : visibleSymbol(name)
}

function paintCursor(context: CanvasRenderingContext2D, { layout, scroll, cursor, ink }: HeatmapScene): void {
  if (!cursor) return
  const { x, y } = cellPlace(layout, cursor, scroll)
  if (x < layout.left - 0.5 || y < layout.top - 0.5) return
  context.lineWidth = 1
  context.strokeStyle = ink.ground
  context.strokeRect(x - 1.5, y - 1.5, layout.cellWidth + 3, layout.rowHeight + 3)
  context.strokeStyle = ink.text
  context.strokeRect(x - 0.5, y - 0.5, layout.cellWidth + 1, layout.rowHeight + 1)
}

/** The smallest of 1, 2, 5, 10, 20, 50, … whose ticks stand at least `room` pixels apart. */
export function tickEvery(size: number, room: number): number {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) if (factor * power * size >= room) return factor * power
  }
}
