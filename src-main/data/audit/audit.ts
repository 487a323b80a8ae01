import type { SplitChange } from '@shared/experiment/split-change'
import type { Part } from '../../engine/training/prepared-data'

/**
 * What was looked for in a split, and what was found: things that make held-out figures say less than they seem to.
 *   duplicates       held-out items that stand in the training part exactly
 *   near-duplicates  those that do once case, accents, punctuation and spaces are left out
 *   contradictions   items with several classes or answers
 *   windows          held-out sequences that share a stretch of values with training ones, as overlapping windows of a series do
 *   groups           held-out items whose speaker, author or session is trained on
 *   statistics       what was fitted on held-out data
 *   order            time that runs backwards, so that the future is trained on
 */
export type AuditSubject = 'duplicates' | 'near-duplicates' | 'contradictions' | 'windows' | 'groups' | 'statistics' | 'order'

export interface AuditFinding {
  subject: AuditSubject
  /** leak: figures flatter; note: worth knowing; clean: looked for and not found. */
  level: 'leak' | 'note' | 'clean'
  /** How many items, of how many looked at. */
  count: number
  of: number
  /** One sentence: what was found. */
  message: string
  /** One sentence: what to do; null where there is nothing to do. */
  mend: string | null
  /** The first few. */
  examples: string[]
  /** What mends it by a change of the split, best first; none where only the source can be mended. */
  remedies: Remedy[]
}

/** A change of `data` that mends a finding, as a button says it: "Split by speaker". */
export interface Remedy { label: string; change: SplitChange }

export interface Audit {
  kind: string
  parts: { part: Part; count: number }[]
  findings: AuditFinding[]
}

export const shownExamples = 5

export const found = (subject: AuditSubject, level: AuditFinding['level'], [count, of]: [number, number], message: string, mend: string | null = null, examples: string[] = [], remedies: Remedy[] = []): AuditFinding =>
  ({ subject, level, count, of, message, mend, examples: examples.slice(0, shownExamples), remedies })

/** Leaks first, then notes, then what is clean. */
export function sorted(findings: AuditFinding[]): AuditFinding[] {
  const rank = { leak: 0, note: 1, clean: 2 }
  return [...findings].sort((a, b) => rank[a.level] - rank[b.level])
}

export const number = (count: number): string => count.toLocaleString('en')
export const excerpt = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text)
