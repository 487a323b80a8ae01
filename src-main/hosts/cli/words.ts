/** Figures as people read them. */

export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export const count = (value: number): string => value.toLocaleString('en')

/** Four figures, whatever the size. */
export const figure = (value: number): string => Math.abs(value) >= 1000 || (value !== 0 && Math.abs(value) < 0.001) ? value.toPrecision(4) : value.toFixed(4)

export const pace = (stepsPerSecond: number): string => `${stepsPerSecond >= 10 ? Math.round(stepsPerSecond) : stepsPerSecond.toFixed(1)} steps/s`

/** A float32 without the digits it doesn't have. */
export const decimal = (value: number): string => String(Number(value.toPrecision(7)))
