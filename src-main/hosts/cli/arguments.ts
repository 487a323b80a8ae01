import { InvalidArgumentError } from 'commander'

/** Readers of option values; what they throw is a usage error that names the option. */

export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) => (text: string): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new InvalidArgumentError(most === Number.MAX_SAFE_INTEGER ? `Expected a whole number of at least ${least}.` : `Expected a whole number from ${least} to ${most}.`)
  }
  return value
}

export const numberFrom = (least: number, most: number) => (text: string): number => {
  const value = Number(text)
  if (text.trim() === '' || !(value >= least && value <= most)) throw new InvalidArgumentError(`Expected a number from ${least} to ${most}.`)
  return value
}
