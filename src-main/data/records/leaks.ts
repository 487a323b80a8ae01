import type { Parts } from './stratified-split'
import { contradictionsIn, type RecordTable } from './record-table'

/**
 * What makes held-out figures say less than they seem to: sequences that stand in training too, and sequences that carry
 * several classes, of which no network can be right about all.
 */
export function leaks({ sequences, targets }: RecordTable, parts: Parts, targetIs: 'class' | 'sequence'): string[] {
  const trained = new Set(Array.from(parts.train, (index) => sequences[index]!))
  const held = [...parts.validation, ...parts.test]
  const recurring = held.filter((index) => trained.has(sequences[index]!)).length
  const torn = contradictionsIn({ sequences, targets })
  const warnings: string[] = []
  if (recurring > 0) {
    warnings.push(`${recurring.toLocaleString('en')} of the ${held.length.toLocaleString('en')} held-out sequences stand in the training part too, so the held-out figures flatter a network that remembers.`)
  }
  if (torn.size > 0) {
    const what = targetIs === 'class' ? 'class' : 'output'
    const example = [...torn][0]!
    warnings.push(`${torn.size.toLocaleString('en')} sequence${torn.size === 1 ? ' has' : 's have'} more than one ${what}, such as ${JSON.stringify(example.length > 40 ? `${example.slice(0, 40)}…` : example)}; nobody can be right about all of them.`)
  }
  return warnings
}

/** Symbols the training part never shows become the unknown symbol. */
export function unknownSymbols(parts: Parts, ids: readonly Int32Array[]): string[] {
  const held = [...parts.validation, ...parts.test]
  const count = held.filter((index) => ids[index]!.includes(0)).length
  return count === 0 ? [] : [`${count.toLocaleString('en')} of the ${held.length.toLocaleString('en')} held-out sequences have symbols that the training part doesn't; the network reads them as unknown.`]
}

export function repeated(read: RecordTable, used: RecordTable): string[] {
  const left = read.sequences.length - used.sequences.length
  return left === 0 ? [] : [`${left.toLocaleString('en')} of the ${read.sequences.length.toLocaleString('en')} records repeat another one exactly and are left out (data.repeats "all" keeps them).`]
}

/** "3 records can't be used and are left out; line 7: …" */
export function leftOutInWords({ sequences, leftOut }: RecordTable): string[] {
  const [first] = leftOut?.rows ?? []
  if (leftOut === undefined || first === undefined) return []
  return [`${leftOut.count.toLocaleString('en')} of the ${(sequences.length + leftOut.count).toLocaleString('en')} records can't be used and ${leftOut.count === 1 ? 'is' : 'are'} left out; the first: ${first.reason}`]
}
