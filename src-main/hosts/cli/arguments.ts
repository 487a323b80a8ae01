import { InvalidArgumentError } from 'commander'

/** Readers of option values; what they throw is a usage error that names the option. */

export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) => (text: string): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new InvalidArgumentError(most === Number.MAX_SAFE_INTEGER ? `Expected a whole number of at least ${least}.` : `Expected a whole number from ${least} to ${most}.`)
  }
  return value
}

/** `FROM:COUNT`, counted from 0. */
export function stretch(text: string): { from: number; count: number } {
  const found = /^(\d+):(\d+)$/.exec(text)
  if (found && Number(found[2]) > 0) return { from: Number(found[1]), count: Number(found[2]) }
  throw new InvalidArgumentError('Expected FROM:COUNT, e.g. 500:200 for 200 steps from step 500 on.')
}

/** Whole numbers with commas between them. */
export const wholeNumbers = (text: string): number[] => text.split(',').map(wholeNumber(0))

/** Words with commas between them. */
export const words = (text: string): string[] => text.split(',').map((word) => word.trim()).filter((word) => word !== '')

export const numberFrom = (least: number, most: number) => (text: string): number => {
  const value = Number(text)
  if (text.trim() === '' || !(value >= least && value <= most)) throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`)
  return value
}

/** A number of two decimals at most. */
export const hundredths = (least: number, most: number) => (text: string): number => {
  const value = numberFrom(least, most)(text)
  if (Math.abs(value * 100 - Math.round(value * 100)) < 1e-6) return value
  throw new InvalidArgumentError('Expected two decimals at most; what is kept of the data tells no more apart.')
}
