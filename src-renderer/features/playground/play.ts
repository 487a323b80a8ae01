import type { Experiment } from '@shared/experiment/schema'

export type Play = 'text' | 'series' | 'pairs' | 'classes' | 'adding' | 'record'

/** What can be done with a network of such an experiment; "record" where nothing can be typed. */
export function playOf({ data, task }: Experiment): Play {
  if (task.output === 'sequence') return 'pairs'
  if (data.kind === 'text' || (data.kind === 'generated' && data.generator === 'reber')) return 'text'
  if (data.kind === 'series') return 'series'
  if (data.kind === 'records') return 'classes'
  return data.kind === 'generated' && data.generator === 'adding' ? 'adding' : 'record'
}

export const playInWords: Record<Play, string> = { text: 'Let it write', series: 'Let it forecast', pairs: 'Let it answer', classes: 'Let it classify', adding: 'Let it add', record: 'Held-out sequences and its answers' }
