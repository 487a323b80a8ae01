import type { States } from '@shared/rpc/schemas'

export type UnitOrder = 'index' | 'activity' | 'likeness'

/** Where the scale of h_t ends: ±1 for tanh, whose values can't pass it; else the largest magnitude found. */
export function scaleLimit(states: States, bounded: boolean): number {
  if (bounded) return 1
  let limit = 0
  for (const value of states.hidden) {
    const size = Math.abs(value)
    if (Number.isFinite(size) && size > limit) limit = size
  }
  return limit || 1
}

/** Units in the order of rows. Activity: those that vary most over the sequence (largest standard deviation) first. */
export function orderUnits(states: States, order: Exclude<UnitOrder, 'likeness'>): Uint32Array {
  const rows = Uint32Array.from({ length: states.units }, (_, unit) => unit)
  if (order === 'index') return rows
  const { units, steps, hidden } = states
  const sums = new Float64Array(units)
  const squares = new Float64Array(units)
  for (let step = 0; step < steps; step++) {
    for (let unit = 0; unit < units; unit++) {
      const value = hidden[step * units + unit]!
      sums[unit]! += value
      squares[unit]! += value * value
    }
  }
  const spread = Float64Array.from(sums, (sum, unit) => squares[unit]! / steps - (sum / steps) ** 2)
  return rows.sort((a, b) => spread[b]! - spread[a]! || a - b)
}

/** h_t of one unit at every step. */
export function unitTrace({ units, steps, hidden }: States, unit: number): Float32Array {
  return Float32Array.from({ length: steps }, (_, step) => hidden[step * units + unit]!)
}
