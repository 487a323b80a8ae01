/** none: z = x; log: z = ln x; log1p: z = ln(1 + x). */
export type LogKind = 'none' | 'log' | 'log1p'

export function logOf(kind: LogKind, value: number): number {
  return kind === 'none' ? value : kind === 'log' ? Math.log(value) : Math.log1p(value)
}

/** The inverse of `logOf`. */
export function expOf(kind: LogKind, logged: number): number {
  return kind === 'none' ? logged : kind === 'log' ? Math.exp(logged) : Math.expm1(logged)
}

/** Whether `logOf` is finite. */
export const hasLog = (kind: LogKind, value: number): boolean => kind === 'none' || value > (kind === 'log' ? 0 : -1)

/** z_{t − back}, counted `sign` times. */
export interface Term { back: number; sign: number }

/**
 * ∏_k (1 − B^k) multiplied out, B the step back: what differences against the rows `lags` before, one after the other, are a
 * sum of. The first term is z_t itself.
 *   [1]      z_t − z_{t−1}
 *   [1, 12]  z_t − z_{t−1} − z_{t−12} + z_{t−13}
 * @see Box & Jenkins 1970
 */
export function differenceTerms(lags: readonly number[]): Term[] {
  return lags.reduce<Term[]>((terms, lag) => terms.flatMap((term) => [term, { back: term.back + lag, sign: -term.sign }]), [{ back: 0, sign: 1 }])
    .sort((a, b) => a.back - b.back)
}

/** How many rows a difference looks back. */
export const reachOf = (lags: readonly number[]): number => lags.reduce((sum, lag) => sum + lag, 0)

/**
 * The lags of what is foretold h rows ahead: each the least multiple of its own that is at least h, so that all that the
 * difference is against is known when the forecast is made, and the value can be had back from it.
 */
export const targetLags = (lags: readonly number[], horizon: number): number[] => lags.map((lag) => lag * Math.ceil(horizon / lag))

/** Σ sign · z_{row − back}; rows from `reachOf` on. */
export function differenced(values: Float64Array, row: number, terms: readonly Term[]): number {
  let sum = 0
  for (const { back, sign } of terms) sum += sign * values[row - back]!
  return sum
}

/** What a difference at `row` is against: z_row − difference. */
export function baseOf(values: Float64Array, row: number, terms: readonly Term[]): number {
  let sum = 0
  for (let index = 1; index < terms.length; index++) sum -= terms[index]!.sign * values[row - terms[index]!.back]!
  return sum
}
