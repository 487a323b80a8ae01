import type { ErrorPlace } from '@shared/errors'

/** "births.csv · line 812 · column 3"; empty when the place is unknown. */
export function placeInWords(where: ErrorPlace | undefined): string {
  if (!where) return ''
  const parts = [
    where.file,
    where.line === undefined ? undefined : `line ${where.line}`,
    where.column === undefined ? undefined : `column ${where.column}`,
    where.step === undefined ? undefined : `training step ${where.step}`,
    where.timeStep === undefined ? undefined : `time step ${where.timeStep}`,
    where.parameter,
  ]
  return parts.filter((part) => part !== undefined && part !== '').join(' · ')
}
