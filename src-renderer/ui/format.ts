/** Numbers in words and figures, the same on every screen. English, since the interface is. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** 1215000 → "1,215,000" */
export const formatCount = (value: number): string => Number.isFinite(value) ? whole.format(value) : '–'

/** Loss, gradient norm and their like: four significant figures, exponents only where needed. */
export function formatFigure(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return '–'
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  if (value === 0) return '0'
  const size = Math.abs(value)
  const text = size < 1e-3 || size >= 1e6 ? value.toExponential(Math.max(0, digits - 2))
    : size >= 10 ** (digits - 1) ? value.toFixed(0) : value.toPrecision(digits)
  return (/e/.test(text) ? text : groupThousands(text)).replace('-', '−')
}

/** A value of the data's own: at most six significant figures, no zeros that say nothing. 253.8, 6, −0.5 */
export function formatValue(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return formatFigure(value)
  const rounded = Number(value.toPrecision(6))
  const size = Math.abs(rounded)
  return (rounded !== 0 && (size < 1e-4 || size >= 1e9) ? rounded.toExponential() : groupThousands(String(rounded))).replace('-', '−')
}

function groupThousands(text: string): string {
  const [integer = '', fraction] = text.split('.')
  const grouped = integer.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}

/** 0.914 → "91.4 %" */
export const formatShare = (share: number | null | undefined, digits = 1): string =>
  share === null || share === undefined || Number.isNaN(share) ? '–' : `${(share * 100).toFixed(digits)} %`

/** Bytes in binary units: 1536 → "1.5 KiB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${whole.format(bytes)} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++ }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

/** 95000 → "1 min 35 s"; null: unknown. */
export function formatDuration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined || !Number.isFinite(milliseconds)) return '–'
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ${minutes % 60} min`
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** "just now", "12 min ago", "yesterday", then the date. */
export function formatAgo(iso: string, now = Date.now()): string {
  const then = Date.parse(iso)
  if (Number.isNaN(then)) return iso
  const minutes = Math.floor((now - then) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`
  if (minutes < 48 * 60) return 'yesterday'
  return new Date(then).toISOString().slice(0, 10)
}

/** A character as a person can see it: space, line break and tab get their own signs. */
export function visibleSymbol(symbol: string): string {
  const signs: Record<string, string> = { ' ': '␣', '\n': '↵', '\t': '⇥', '\r': '␍', '\u00a0': '⍽' }
  const sign = signs[symbol]
  if (sign !== undefined) return sign
  const code = symbol.codePointAt(0) ?? 0
  return code < 32 || (code >= 0x7f && code < 0xa0) || code === 0xfeff ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}` : symbol
}
