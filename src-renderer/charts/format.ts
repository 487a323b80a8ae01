import { formatCount } from '../ui/format'
import type { AxisKind } from './metric-buffer'

/** "1.2 M", "34 k": for axes and rates. */
export function formatCompact(value: number): string {
  const size = Math.abs(value)
  const [divisor, suffix] = size >= 1e9 ? [1e9, ' G'] : size >= 1e6 ? [1e6, ' M'] : size >= 1e4 ? [1e3, ' k'] : [1, '']
  const scaled = value / divisor
  const decimals = Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2
  const rounded = Number(scaled.toFixed(decimals))
  return `${withMinus(Math.abs(rounded) >= 1000 ? formatCount(rounded) : String(rounded))}${suffix}`
}

/** Seconds on an axis: "1:04:05", "0:07". */
export function formatClock(seconds: number): string {
  const whole = Math.floor(Math.max(0, seconds))
  const pad = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`
}

export function formatX(axis: AxisKind, value: number): string {
  if (axis === 'time') return formatClock(value)
  if (axis === 'epoch') return String(Number(value.toFixed(2)))
  if (axis === 'tokens') return formatCompact(value)
  // There is no step between two steps: a tick there has no name, or 1, 2, 2, 3, 3 would stand below the first few.
  return Number.isInteger(value) ? formatCount(value) : ''
}

/** A tick of a y axis: no more digits than tell it from its neighbours, exponents for the very small. */
export function formatTick(value: number): string {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return withMinus(value.toExponential(size < 1e-3 ? 0 : 1))
  return size >= 1e4 ? formatCompact(value) : withMinus(String(Number(value.toPrecision(4))))
}

const withMinus = (text: string): string => text.replace(/^-/, '−').replace('e-', 'e−').replace('e+', 'e')
