/** What a person typed as a number: null when empty, NaN when it isn't one. "1e-3", "0,5" and "1 000" are. */
export function parseNumber(text: string): number | null {
  const trimmed = text.trim().replace(/[\s_\u202f]/g, '').replace('−', '-')
  if (trimmed === '') return null
  if (/^[+-]?\d+,\d+$/.test(trimmed)) return Number(trimmed.replace(',', '.'))
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : Number.NaN
}

/** The next value of an arrow key, kept within the limits and free of binary dust. */
export function stepNumber(value: number | null, direction: 1 | -1, step: number | 'scale', large: boolean, min = -Infinity, max = Infinity): number {
  const start = value === null || Number.isNaN(value) ? (Number.isFinite(min) ? min : 0) : value
  const moved = step === 'scale'
    ? start * (large ? 10 : 2) ** direction
    : start + direction * step * (large ? 10 : 1)
  return Math.min(max, Math.max(min, Number(moved.toPrecision(12))))
}
