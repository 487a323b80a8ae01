import type { Run } from '@shared/rpc/schemas'
import { stateInWords } from '../../shell/run-state'
import { formatAgo, formatFigure } from '../../ui/format'

/** "Done · best 1.832 · 12 min ago": tells one run from another in a list. */
export function runHint(run: Run): string {
  const best = run.best ? `best ${formatFigure(run.best.loss)}` : 'no validation yet'
  return `${stateInWords(run.state)} · ${best} · ${formatAgo(run.created)}`
}

/** "Elman tanh, 128 units". */
export function modelWords({ model }: Run['experiment']): string {
  const cell = model.cell === 'rnn' ? `Elman ${model.activation}` : model.cell.toUpperCase()
  return `${cell}, ${model.hiddenSize} units${model.layers > 1 ? ` × ${model.layers} layers` : ''}`
}

export const canPause = (run: Run): boolean => run.state === 'running'
export const canResume = (run: Run): boolean => run.state === 'paused' || run.state === 'stopped' || run.state === 'interrupted'
export const canStop = (run: Run): boolean => run.state === 'running' || run.state === 'paused' || run.state === 'preparing'
export const isText = (run: Run): boolean => run.experiment.data.kind === 'text'

/**
 * A cross-entropy in nats in the two other units it is quoted in.
 *   perplexity = e^loss,  bits per character = loss / ln 2
 */
export const perplexityWords = (loss: number): string => `perplexity ${formatFigure(Math.exp(loss), 3)} · ${formatFigure(loss / Math.LN2, 3)} bits/char`

/** The run's loss by name. */
export const lossWords = ({ task }: Run['experiment']): string => ({ 'cross-entropy': 'cross-entropy', mse: 'mean squared error', mae: 'mean absolute error', huber: 'Huber loss' })[task.loss]

/** The unit of the run's loss. */
export const lossUnit = ({ data, task }: Run['experiment']): string => {
  if (task.loss === 'cross-entropy') return 'nats'
  return data.kind === 'series' && data.scale !== 'none' ? 'scaled units²' : 'units²'
}
