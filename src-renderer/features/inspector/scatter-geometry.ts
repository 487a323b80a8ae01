/** How points are looked at: three dimensions turned by two angles, then moved and zoomed in pixels. */
export interface Projection {
  readonly yaw: number
  readonly pitch: number
  readonly zoom: number
  readonly x: number
  readonly y: number
}

export interface Fit { readonly centre: readonly number[]; readonly reach: number }

/** The middle of all points, and how far the furthest coordinate is from it. */
export function fitPoints(sets: readonly Float32Array[], components: number): Fit {
  const low = new Array<number>(components).fill(Infinity)
  const high = new Array<number>(components).fill(-Infinity)
  for (const points of sets) {
    for (let at = 0; at < points.length; at++) {
      const value = points[at]!
      if (!Number.isFinite(value)) continue
      const axis = at % components
      if (value < low[axis]!) low[axis] = value
      if (value > high[axis]!) high[axis] = value
    }
  }
  const centre = low.map((value, axis) => Number.isFinite(value) ? (value + high[axis]!) / 2 : 0)
  return { centre, reach: Math.max(1e-9, ...low.map((value, axis) => Number.isFinite(value) ? (high[axis]! - value) / 2 : 0)) }
}

/** Points [n, components] as pixels [n, 2], seen from the front; no perspective, so that distances can be compared. */
export function turned(points: Float32Array, components: number, { centre, reach }: Fit, view: Projection, { width, height }: { width: number; height: number }): Float32Array {
  const scale = Math.min(width, height) / 2 / reach * (components === 3 ? 0.75 : 0.92) * view.zoom
  const [cy, sy, cp, sp] = [Math.cos(view.yaw), Math.sin(view.yaw), Math.cos(view.pitch), Math.sin(view.pitch)]
  const placed = new Float32Array(points.length / components * 2)
  for (let point = 0; point * components < points.length; point++) {
    let x = points[point * components]! - centre[0]!
    let y = points[point * components + 1]! - centre[1]!
    if (components === 3) {
      const z = points[point * components + 2]! - centre[2]!
      const depth = z * cy - x * sy
      x = x * cy + z * sy
      y = y * cp - depth * sp
    }
    placed[2 * point] = width / 2 + x * scale + view.x
    placed[2 * point + 1] = height / 2 - y * scale + view.y
  }
  return placed
}
