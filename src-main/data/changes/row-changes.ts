import type { SourceChanges } from '@shared/rpc/schemas'

export type RowChanges = NonNullable<SourceChanges['rows']>
type Example = RowChanges['examples'][number]

/** Of each kind of change so many are shown. */
const mostShown = 50

/** Counts what came, went and became something else, and keeps the first of each. */
export class RowDifferences {
  private readonly counts = { added: 0, removed: 0, changed: 0 }
  private readonly shown: Example[] = []

  /** @param told asked for only while examples are kept */
  add(what: Example['what'], told: () => Omit<Example, 'what'>): void {
    this.counts[what]++
    if (this.counts[what] <= mostShown) this.shown.push({ what, ...told() })
  }

  get rows(): RowChanges { return { ...this.counts, examples: this.shown } }
}

/** Differences of two lists of named things, each with what it holds. */
export function namedDifferences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>, show: (content: string) => string | null): RowChanges {
  const differences = new RowDifferences()
  for (const [place, content] of after) {
    const known = before.get(place)
    if (known === undefined) differences.add('added', () => ({ place, before: null, after: show(content) }))
    else if (known !== content) differences.add('changed', () => ({ place, before: show(known), after: show(content) }))
  }
  for (const [place, content] of before) if (!after.has(place)) differences.add('removed', () => ({ place, before: show(content), after: null }))
  return differences.rows
}

export const appearedIn = (before: Iterable<string>, after: Iterable<string>): { appeared: string[]; vanished: string[] } => {
  const [known, found] = [new Set(before), new Set(after)]
  return { appeared: [...found].filter((name) => !known.has(name)), vanished: [...known].filter((name) => !found.has(name)) }
}
