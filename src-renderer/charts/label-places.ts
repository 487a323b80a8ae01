/** Pixels of a label's ground, and between two labels. */
const HALF_HEIGHT = 8
const PADDING = 3
const GAP = 6
/** Distance of a label's middle from the line it names. */
const OFF_LINE = 10

/** What a label covers: from left to right, 8 pixels up and down from its middle. */
export interface LabelBox { left: number; right: number; y: number }
export interface PlotArea { left: number; right: number; top: number; bottom: number }

/** Columns in which a curve's height is kept, pixels; names are tried at every one. */
const COLUMN = 8

/** Lowest and highest pixel of one curve in each column of the plot; NaN where it isn't drawn. */
export interface CurveHeights { low: Float64Array; high: Float64Array }

const meets = (one: LabelBox, other: LabelBox): boolean => Math.abs(one.y - other.y) < 2 * HALF_HEIGHT && one.left < other.right + GAP && other.left < one.right + GAP

/** A polyline's heights by column, so that a name can be asked quickly whether it would cover it. */
export function curveHeights(points: readonly { x: number; y: number }[], plot: PlotArea): CurveHeights {
  const columns = Math.max(1, Math.ceil((plot.right - plot.left) / COLUMN))
  const heights = { low: new Float64Array(columns).fill(NaN), high: new Float64Array(columns).fill(NaN) }
  const mark = (column: number, y: number) => {
    if (column < 0 || column >= columns) return
    heights.low[column] = Math.min(y, heights.low[column]! || y)
    heights.high[column] = Math.max(y, heights.high[column]! || y)
  }
  for (const [at, { x, y }] of points.entries()) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue
    const here = Math.floor((x - plot.left) / COLUMN)
    mark(here, y)
    const before = points[at - 1]
    if (!before || !Number.isFinite(before.y) || before.x >= x) continue
    for (let column = Math.max(0, Math.floor((before.x - plot.left) / COLUMN)); column < Math.min(here, columns); column++) {
      const edge = plot.left + (column + 1) * COLUMN
      const height = before.y + (y - before.y) * Math.min(1, Math.max(0, (edge - before.x) / (x - before.x)))
      mark(column, height)
      mark(column + 1, height)
    }
  }
  return heights
}

/**
 * Where the names of horizontal lines stand so that none covers another or one of `taken`: as far to the right as no curve
 * is covered, above its line or below; where curves are everywhere, the place that covers least of them.
 * @param lines height of each line and width of its name, pixels
 * @param curves what should stay to be seen
 * @returns right edge and middle of each name; null where the line isn't in the plot, or there is no room
 */
export function placeLabels(lines: readonly { y: number; width: number }[], plot: PlotArea, taken: readonly LabelBox[], curves: readonly CurveHeights[] = []): ({ right: number; y: number } | null)[] {
  const boxes = [...taken]
  return lines.map(({ y, width }) => {
    if (!(y >= plot.top && y <= plot.bottom)) return null
    const heights = [y - OFF_LINE, y + OFF_LINE].filter((height) => height - HALF_HEIGHT >= plot.top && height + HALF_HEIGHT <= plot.bottom)
    let best: { box: LabelBox; covered: number } | null = null
    for (const height of heights) {
      const found = leastCovering(height, width + 2 * PADDING, plot, boxes, curves)
      if (found && (!best || found.covered < best.covered || (found.covered === best.covered && found.box.right > best.box.right))) best = found
    }
    if (!best) return null
    boxes.push(best.box)
    return { right: best.box.right - PADDING, y: best.box.y }
  })
}

function leastCovering(y: number, width: number, plot: PlotArea, boxes: readonly LabelBox[], curves: readonly CurveHeights[]): { box: LabelBox; covered: number } | null {
  let best: { box: LabelBox; covered: number } | null = null
  let right = plot.right - PADDING
  while (right - width >= plot.left) {
    const box = { left: right - width, right, y }
    const met = boxes.filter((other) => meets(box, other))
    if (met.length > 0) {
      right = Math.min(...met.map(({ left }) => left)) - GAP
      continue
    }
    const covered = columnsCovered(box, plot, curves)
    if (!best || covered < best.covered) best = { box, covered }
    if (covered === 0) break
    right -= COLUMN
  }
  return best
}

function columnsCovered({ left, right, y }: LabelBox, plot: PlotArea, curves: readonly CurveHeights[]): number {
  const [from, to] = [Math.floor((left - plot.left) / COLUMN), Math.floor((right - plot.left) / COLUMN)]
  let covered = 0
  for (const { low, high } of curves) {
    for (let column = from; column <= to; column++) if (low[column]! < y + HALF_HEIGHT && high[column]! > y - HALF_HEIGHT) covered++
  }
  return covered
}
