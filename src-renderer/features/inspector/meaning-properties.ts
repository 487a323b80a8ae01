import type { Trace } from '@shared/rpc/inspect-schemas'
import type { Run } from '@shared/rpc/schemas'
import type { Feature } from '../../stores/meaning'
import { visibleSymbol } from '../../ui/format'

/** Over what is asked: the open sequence, or the data the run was trained on. */
export type Over = 'sequence' | 'dataset'

const classes = ['letter', 'vowel', 'consonant', 'upper', 'lower', 'digit', 'space', 'newline', 'punctuation'] as const
/** Columns asked for without being named. */
const mostColumns = 40

/** What a unit of this run may stand for, as far as it is known without asking the user. */
export function propertiesOf({ experiment: { data } }: Run, { reads, inputs, outputs, losses, timelines }: Trace, over: Over): Feature[] {
  const position: Feature = { kind: 'position' }
  const pairs = timelines.length > 1
  if (reads === 'symbols') {
    // Of words the first letter would tell little.
    const letters = inputs.filter((symbol) => [...symbol].length === 1).length > inputs.length / 2
    return [
      ...(letters ? classes.map((of): Feature => ({ kind: 'class', of })) : []),
      ...(letters && data.kind === 'text' ? [{ kind: 'depth' }, { kind: 'inside', open: '"', close: '"' }, { kind: 'since', symbol: ' ' }, { kind: 'since', symbol: '\n' }] as Feature[] : []),
      position, { kind: 'next' }, ...(!pairs && data.kind !== 'text' && over === 'dataset' ? [{ kind: 'label' } as Feature] : []),
    ]
  }
  const columns = [...new Set([...inputs, ...(data.kind === 'series' ? data.target : over === 'sequence' && losses && data.kind !== 'audio' ? outputs : [])])].slice(0, mostColumns)
  return [...columns.map((name): Feature => ({ kind: 'column', name })), position, ...(data.kind !== 'series' && over === 'dataset' ? [{ kind: 'label' } as Feature] : [])]
}

/** Pearson's r with two decimals and a real minus: 0.96, −0.02. */
export const formatR = (r: number): string => Number.isFinite(r) ? r.toFixed(2).replace('-', '−') : '–'

/** A row's name with a class that can be seen: “next symbol = ␣”. */
export function propertyWords(name: string): string {
  const own = classOf(name)
  return own !== null && [...own].length === 1 ? `${name.slice(0, -own.length)}${visibleSymbol(own)}` : name
}

/** The property of a row: the class it is about where it is one of several. */
export const classOf = (row: string): string | null => {
  const at = row.lastIndexOf(' = ')
  return at < 0 ? null : row.slice(at + 3)
}
