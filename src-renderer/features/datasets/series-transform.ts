export const logarithms = [
  { value: 'none', label: 'None', hint: 'the numbers as they are' },
  { value: 'log', label: 'ln x', hint: 'of numbers above 0' },
  { value: 'log1p', label: 'ln(1 + x)', hint: 'of numbers above −1, such as counts' },
] as const

/** Ways of differencing, and the rows back they are against. */
export const differences = [
  { value: 'none', label: 'None', hint: 'the values themselves', lags: (): number[] => [] },
  { value: 'row', label: 'From the row before', hint: 'its change', lags: (): number[] => [1] },
  { value: 'season', label: 'From a season before', hint: 'its change against the same time then', lags: (season: number): number[] => [season] },
  { value: 'both', label: 'Both', hint: 'takes out a trend and a season', lags: (season: number): number[] => [1, season] },
] as const

/** Which of them a list of lags is; undefined: another one, from an experiment file. */
export function differenceOf(lags: readonly number[]): (typeof differences)[number]['value'] | undefined {
  if (lags.length === 0) return 'none'
  if (lags.length === 1) return lags[0] === 1 ? 'row' : 'season'
  return lags.length === 2 && lags[0] === 1 && lags[1]! > 1 ? 'both' : undefined
}

export const seasonIn = (lags: readonly number[]): number | null => lags.find((lag) => lag > 1) ?? null

/** "1, 2 12" as numbers, each once; null where it is no list of rows back. */
export function lagsIn(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '')
  const lags = [...new Set(parts.map(Number))]
  return lags.length <= 100 && parts.every((part) => /^\d+$/.test(part)) && lags.every((lag) => lag >= 1 && lag <= 100_000) ? lags : null
}

export const lagsInWords = (lags: readonly number[]): string => lags.join(', ')
