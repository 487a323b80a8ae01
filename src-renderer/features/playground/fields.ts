/** A seed drawn anew: any whole number that the engine's generator takes. */
export function drawSeed(): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1))
  return word & 0x7fff_ffff
}

/** Why a field's number won't do; null when it will. */
export function intError(value: number | null, least: number, most: number): string | null {
  const fits = value !== null && Number.isInteger(value) && value >= least && value <= most
  return fits ? null : `A whole number from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}.`
}
