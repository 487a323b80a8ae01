import type { AxisKind } from './metric-buffer'

/** Figures as people read them: enough digits to tell neighbours apart, no more. */
export function formatValue(value: number, digits = 4): string {
  if (Number.isNaN(value)) return 'not a number'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e6 || size < 1e-4) return withMinus(value.toExponential(Math.max(0, digits - 1)))
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)))
  return withMinus(value.toLocaleString('en', { minimumFractionDigits: Math.min(decimals, 6), maximumFractionDigits: Math.min(decimals, 6) }))
}

export const formatCount = (value: number): string => withMinus(Math.round(value).toLocaleString('en'))

export const formatPercent = (share: number, decimals = 1): string => `${withMinus((share * 100).toFixed(decimals))} %`

/** "1.2 M", "340 k": for axes and rates. */
export function formatCompact(value: number): string {
  const size = Math.abs(value)
  const [divisor, suffix] = size >= 1e9 ? [1e9, ' G'] : size >= 1e6 ? [1e6, ' M'] : size >= 1e4 ? [1e3, ' k'] : [1, '']
  const scaled = value / divisor
  const decimals = Number.isInteger(scaled) ? 0 : Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : 2
  return `${withMinus(scaled.toFixed(decimals).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''))}${suffix}`
}

/** "3 h 04 min", "2 min 05 s", "12 s". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  const pad = (value: number) => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`
  return `${Math.floor(seconds / 3600)} h ${pad(Math.floor((seconds % 3600) / 60))} min`
}

/** "1:04:05": seconds on an axis. */
export function formatClock(seconds: number): string {
  const whole = Math.floor(Math.max(0, seconds))
  const pad = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const rest = `${hours > 0 ? pad(Math.floor(whole / 60) % 60) : Math.floor(whole / 60)}:${pad(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

export function formatX(axis: AxisKind, value: number): string {
  if (axis === 'time') return formatClock(value)
  if (axis === 'epoch') return value.toLocaleString('en', { maximumFractionDigits: 2 })
  return axis === 'tokens' ? formatCompact(value) : formatCount(value)
}

function withMinus(text: string): string {
  return text.replace(/^-/, '−').replace(/e-/, 'e−')
}
