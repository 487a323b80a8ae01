/** Lowest and highest value of the curves on screen. */
export type Extent = readonly [low: number, high: number]

/** Between which a quantity lies whatever the data: a loss in [0, ∞), a share in [0, 1]. */
export type Bounds = readonly [least: number, most: number]

const anything: Bounds = [-Infinity, Infinity]

/** Room above and below, as a share of the height. */
const ROOM = 0.05

/**
 * The range of a linear y axis: what is shown and a little room, never beyond the quantity's bounds. Its ends lie on
 * quarters of a grid step, so that the axis stands still while a curve grows by little. Curves that are never negative get
 * no negative axis. A constant stands amid a tenth of its own size; a constant 0 at the foot of an axis to 1.
 */
export function axisRange(extent: Extent, references: readonly number[] = [], bounds: Bounds = anything): Extent {
  const least = Math.max(bounds[0], extent[0] >= 0 && references.every((value) => value >= 0) ? 0 : -Infinity)
  const [low, high] = [Math.min(extent[0], ...references), Math.max(extent[1], ...references)]
  const size = Math.max(Math.abs(low), Math.abs(high))
  if (size === 0) return [Math.max(least, -1), Math.min(bounds[1], 1)]
  // What differs by rounding alone is a constant too: single precision has 24 bits.
  const constant = high - low <= size * 2 ** -22
  const room = constant ? size / 10 : (high - low) * ROOM
  const quarter = gridStep((high - low + 2 * room) / 5) / 4
  const from = exact(Math.floor((low - room) / quarter) * quarter)
  const to = exact(Math.ceil((high + room) / quarter) * quarter)
  // A value beyond its bounds is a fault to be seen, not to be cut off.
  return [Math.min(low, Math.max(least, from)), Math.max(high, Math.min(bounds[1], to))]
}

/** 6 · 0.05 is 0.3: the grid line at an axis' end must not fall off it by rounding. */
const exact = (value: number): number => Number(value.toPrecision(12))

/** The least of 1, 2, 2.5, 5 times a power of ten that is no less than `size`: what Chart.js puts its lines on. */
function gridStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size))
  return (([1, 2, 2.5, 5].find((factor) => factor * power >= size)) ?? 10) * power
}
