/** Sizes of a heatmap in CSS pixels. Steps run to the right, units downwards. */
export interface HeatmapLayout {
  readonly steps: number
  readonly units: number
  readonly cellWidth: number
  readonly rowHeight: number
  /** Room at the left for units' numbers, at the top for the sequence. */
  readonly left: number
  readonly top: number
}

export interface Cell {
  readonly step: number
  /** Row from the top; the order of units says which unit that is. */
  readonly row: number
}

export interface Scroll {
  readonly x: number
  readonly y: number
}

export const totalWidth = (layout: HeatmapLayout): number => layout.left + layout.steps * layout.cellWidth
export const totalHeight = (layout: HeatmapLayout): number => layout.top + layout.units * layout.rowHeight

/** Rows as high as fit into the room, from 1 to 16 pixels. */
export const rowHeightFor = (units: number, room: number): number => Math.max(1, Math.min(16, Math.floor(room / units)))

/** The cell under a point of the viewport; null over the margins and past the ends. */
export function cellAt(layout: HeatmapLayout, x: number, y: number, scroll: Scroll): Cell | null {
  if (x < layout.left || y < layout.top) return null
  const step = Math.floor((x - layout.left + scroll.x) / layout.cellWidth)
  const row = Math.floor((y - layout.top + scroll.y) / layout.rowHeight)
  return step < layout.steps && row < layout.units ? { step, row } : null
}

/** Where a cell stands in the viewport. */
export function cellPlace(layout: HeatmapLayout, cell: Cell, scroll: Scroll): { x: number; y: number } {
  return { x: layout.left + cell.step * layout.cellWidth - scroll.x, y: layout.top + cell.row * layout.rowHeight - scroll.y }
}

/** How to scroll, at the least, so that a cell is in view. */
export function scrollTo(layout: HeatmapLayout, cell: Cell, scroll: Scroll, viewport: { width: number; height: number }): Scroll {
  const along = (start: number, size: number, from: number, room: number) => start < from ? start : Math.max(from, start + size - room)
  return {
    x: along(cell.step * layout.cellWidth, layout.cellWidth, scroll.x, viewport.width - layout.left),
    y: along(cell.row * layout.rowHeight, layout.rowHeight, scroll.y, viewport.height - layout.top),
  }
}

/** The cell a key leads to; null for keys that don't move. */
export function moveCell(layout: HeatmapLayout, cell: Cell, key: string, far: boolean): Cell | null {
  const pace = far ? 10 : 1
  const moves: Record<string, readonly [steps: number, rows: number]> = {
    ArrowRight: [pace, 0], ArrowLeft: [-pace, 0], ArrowDown: [0, pace], ArrowUp: [0, -pace],
    PageDown: [50, 0], PageUp: [-50, 0], Home: [-Infinity, 0], End: [Infinity, 0],
  }
  const move = moves[key]
  if (!move) return null
  const within = (value: number, count: number) => Math.min(count - 1, Math.max(0, value))
  return { step: within(cell.step + move[0], layout.steps), row: within(cell.row + move[1], layout.units) }
}
