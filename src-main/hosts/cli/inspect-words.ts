import { UnrollError } from '@shared/errors'
import { askedFeatureSchema, type AskedFeature } from '@shared/rpc/inspect-meaning-schemas'
import type { Edit } from '../../engine/inspect/edits'
import { analysisNames, type AnalysisName } from '../../services/inspect/states-analyses'
import { words } from './arguments'

const usage = (option: string, message: string) => new UnrollError('usage.option', `--${option}: ${message}`)

/** `order,space` or `all`. */
export function analyses(text: string): AnalysisName[] {
  const asked = words(text)
  if (asked.includes('all')) return [...analysisNames]
  const unknown = asked.find((name) => !(analysisNames as readonly string[]).includes(name))
  if (unknown !== undefined || asked.length === 0) throw usage('analyses', `expected ${analysisNames.join(', ')} or all${unknown === undefined ? '' : `; "${unknown}" is none of them`}.`)
  return asked as AnalysisName[]
}

const plain: Record<string, AskedFeature> = { position: { kind: 'position' }, next: { kind: 'next' }, label: { kind: 'label' } }
const withArgument: Record<string, (value: string) => unknown> = {
  symbol: (symbol) => ({ kind: 'symbol', symbol }), since: (symbol) => ({ kind: 'since', symbol }), column: (name) => ({ kind: 'column', name }),
  depth: (pair) => ({ kind: 'depth', open: pair[0], close: pair[1] }), inside: (pair) => ({ kind: 'inside', open: pair[0], close: pair[1] ?? pair[0] }),
}

/** Properties of steps with commas between them: `vowel,position,since:\n,inside:",depth:(),column:price`; a comma itself is `\,`. */
export function properties(text: string, option: string): AskedFeature[] {
  return text.split(/(?<!\\),/).map((part) => {
    const word = part.replaceAll('\\,', ',').replaceAll('\\n', '\n')
    const [, kind, value] = /^([a-z]+):([^]+)$/.exec(word) ?? []
    const asked = kind === undefined ? plain[word.trim()] ?? { kind: 'class', of: word.trim() } : withArgument[kind]?.(value!)
    const parsed = askedFeatureSchema.safeParse(asked)
    if (parsed.success) return parsed.data
    throw usage(option, `"${part}" is no property. There are letter, vowel, consonant, upper, lower, digit, space, newline, punctuation, position, next, label, symbol:X, since:X, inside:XY, depth:XY and column:NAME.`)
  })
}

/** `l0.h.3=0,l1.f.2=1`: units and gates held at a number. */
export function holds(text: string): Edit[] {
  return words(text).map((word): Edit => {
    const [, cell, letter, unit, number] = /^((?:(?:encoder|decoder)\.)?l\d+(?:_reverse)?)\.([hcifgorzn])\.(\d+)=(-?\d*\.?\d+(?:e-?\d+)?)$/.exec(word) ?? []
    if (cell === undefined) throw usage('hold', `"${word}" should be CELL.LETTER.UNIT=NUMBER, e.g. l0.h.3=0 to silence unit 3 of the first layer.`)
    const [at, value] = [Number(unit), Number(number)]
    return letter === 'h' || letter === 'c' ? { kind: 'unit', cell, of: letter, unit: at, value } : { kind: 'gate', cell, gate: letter!, unit: at, value }
  })
}
