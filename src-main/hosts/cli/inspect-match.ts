import { UnrollError } from '@shared/errors'
import type { MatchRank } from '../../engine/inspect/match'
import type { SignedUnit } from '../../engine/inspect/state-store'
import type { MatchChoice } from '../../services/inspect/states-match'
import { words } from './arguments'

export interface MatchOptions {
  match?: { from: number; count: number }
  matchUnits?: string
  matchTensor?: string
  threshold?: number
  signs?: 'positive' | 'both'
  off?: string
  rank?: MatchRank
  least?: number
  top?: number
}

/** What is looked for in the data; null: nothing. */
export function matchOf({ match, matchUnits, matchTensor, threshold, signs, off, rank, least, top }: MatchOptions): MatchChoice | null {
  if (match !== undefined && matchUnits !== undefined) throw new UnrollError('usage.match', '--match and --match-units were both given.', { hint: 'Give the steps whose units are looked for, or the units.' })
  const pattern = match ?? (matchUnits === undefined ? null : signedUnits(matchUnits))
  const stray = Object.entries({ 'match-tensor': matchTensor, threshold, rank, least, top, ...(match === undefined && { signs, off }) }).find(([name, value]) => value !== undefined && (pattern === null || name === 'signs' || name === 'off'))
  if (stray) throw new UnrollError('usage.match', `--${stray[0]} goes with --match${['signs', 'off'].includes(stray[0]) ? '' : ' or --match-units'}.`, { hint: 'Give the steps whose units are looked for, e.g. --match 3:2.' })
  if (pattern === null) return null
  const sides = off === undefined ? [] : words(off)
  if (off !== undefined && (sides.length === 0 || sides.some((side) => side !== 'before' && side !== 'after'))) throw new UnrollError('usage.option', '--off: expected before, after or before,after.')
  return { pattern, tensor: matchTensor ?? null, threshold: threshold ?? 0.3, before: sides.includes('before'), after: sides.includes('after'), signs: signs ?? 'positive', rank: rank ?? 'intersection', least: least ?? 1, top: top ?? 50 }
}

/** `3,-7`: unit 3 at or above the threshold, unit 7 at or below its negative. */
function signedUnits(text: string): SignedUnit[] {
  const found = words(text).map((word): SignedUnit => {
    if (!/^-?\d{1,6}$/.test(word)) throw new UnrollError('usage.option', `--match-units: "${word}" is no unit.`, { hint: 'Give numbers from 0 with commas between them; -7 is unit 7 at or below the negative threshold.' })
    return { unit: Number(word.replace('-', '')), sign: word.startsWith('-') ? -1 : 1 }
  })
  const twice = found.find(({ unit }, index) => found.findIndex((each) => each.unit === unit) !== index)
  if (twice) throw new UnrollError('usage.option', `--match-units: unit ${twice.unit} stands there twice.`)
  if (found.length === 0) throw new UnrollError('usage.option', '--match-units: no unit was given.')
  return found
}
