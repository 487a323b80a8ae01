/** Pixels of a label's ground, and between two labels. */
const HALF_HEIGHT = 8
const PADDING = 3
const GAP = 6
/** Distance of a label's middle from the line it names. */
const OFF_LINE = 10

/** What a label covers: from left to right, 8 pixels up and down from its middle. */
export interface LabelBox { left: number; right: number; y: number }
export interface PlotArea { left: number; right: number; top: number; bottom: number }

const meets = (one: LabelBox, other: LabelBox): boolean => Math.abs(one.y - other.y) < 2 * HALF_HEIGHT && one.left < other.right + GAP && other.left < one.right + GAP

/**
 * Where the names of horizontal lines stand so that none covers another or one of `taken`: at the right, above its line or
 * below, else as far to the left as it has to go.
 * @param lines height of each line and width of its name, pixels
 * @returns right edge and middle of each name; null where the line isn't in the plot, or there is no room
 */
export function placeLabels(lines: readonly { y: number; width: number }[], plot: PlotArea, taken: readonly LabelBox[]): ({ right: number; y: number } | null)[] {
  const boxes = [...taken]
  return lines.map(({ y, width }) => {
    if (!(y >= plot.top && y <= plot.bottom)) return null
    const heights = [y - OFF_LINE, y + OFF_LINE].filter((height) => height - HALF_HEIGHT >= plot.top && height + HALF_HEIGHT <= plot.bottom)
    let best: LabelBox | null = null
    for (const height of heights) {
      const found = furthestRight(height, width + 2 * PADDING, plot, boxes)
      if (found && (!best || found.right > best.right)) best = found
    }
    if (!best) return null
    boxes.push(best)
    return { right: best.right - PADDING, y: best.y }
  })
}

function furthestRight(y: number, width: number, plot: PlotArea, boxes: readonly LabelBox[]): LabelBox | null {
  let right = plot.right - PADDING
  while (right - width >= plot.left) {
    const box = { left: right - width, right, y }
    const met = boxes.filter((other) => meets(box, other))
    if (met.length === 0) return box
    right = Math.min(...met.map(({ left }) => left)) - GAP
  }
  return null
}
