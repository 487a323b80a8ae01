import type { Run } from '@shared/rpc/schemas'
import { stateInWords } from '../../shell/run-state'
import { formatAgo, formatCount, formatFigure } from '../../ui/format'

/** "Done · best 1.832 · 12 min ago": tells one run from another in a list. */
export function runHint(run: Run): string {
  const best = run.best ? `best ${formatFigure(run.best.loss)}` : 'no validation yet'
  return `${stateInWords(run.state)} · ${best} · ${formatAgo(run.created)}`
}

/** "LSTM, 2 × 128 units, both ways, dropout 0.2, embedding 32". */
export function modelWords({ model }: Run['experiment']): string {
  const { cell, activation, hiddenSize, layers, bidirectional, dropout, inputDropout, embeddingSize } = model
  return [
    cell === 'rnn' ? `Elman ${activation}` : cell.toUpperCase(),
    `${layers > 1 ? `${layers} × ` : ''}${hiddenSize} units`,
    ...(bidirectional ? ['both ways'] : []),
    // One layer has nothing between layers to drop.
    ...(dropout > 0 && layers > 1 ? [`dropout ${dropout}`] : []),
    ...(inputDropout > 0 ? [`input dropout ${inputDropout}`] : []),
    ...(embeddingSize !== null ? [`embedding ${embeddingSize}`] : []),
  ].join(', ')
}

/**
 * How far early stopping is, from the validations since the best one.
 * @param since validations after the best; null: none yet
 */
export function earlyStopWords({ experiment, state, step, totalSteps }: Run, since: number | null): string {
  const { earlyStopping } = experiment.training
  if (!earlyStopping) return ''
  const patience = `${earlyStopping.patience} validation${earlyStopping.patience === 1 ? '' : 's'} without a new best`
  if (state === 'done') return step < totalSteps ? `stopped early, after ${patience}` : ''
  return `stops after ${patience}${since ? `, ${since} so far` : ''}`
}

/** Whether the learning rate changes on the way. */
export const ratesChange = ({ training: { schedule } }: Run['experiment']): boolean => schedule.kind !== 'constant' || schedule.warmupSteps > 0

/** How the learning rate goes, for a chart's subtitle. */
export function scheduleWords({ training: { schedule } }: Run['experiment']): string {
  const times = (factor: number) => `× ${formatFigure(factor, 3)}`
  const main = schedule.kind === 'constant' ? 'constant'
    : schedule.kind === 'cosine' ? 'cosine'
      : schedule.kind === 'step' ? `${times(schedule.factor)} every ${formatCount(schedule.every)} steps`
        : schedule.kind === 'exponential' ? `${times(schedule.factor)} each ${schedule.per}`
          : `${times(schedule.factor)} after ${schedule.patience} validations without a gain`
  return schedule.warmupSteps > 0 ? `${formatCount(schedule.warmupSteps)} steps of warm-up, then ${main}` : main
}

export const canPause = (run: Run): boolean => run.state === 'running'
/** A run that failed may go on once what failed it is mended; one that diverged would diverge again. */
export const canResume = ({ state, error }: Run): boolean =>
  state === 'paused' || state === 'stopped' || state === 'interrupted' || (state === 'failed' && error?.code.startsWith('numeric.') !== true)
export const canStop = (run: Run): boolean => run.state === 'running' || run.state === 'paused' || run.state === 'preparing'
export const isText = (run: Run): boolean => run.experiment.data.kind === 'text'

/**
 * A cross-entropy in nats in the two other units it is quoted in.
 *   perplexity = e^loss,  bits per symbol = loss / ln 2
 */
export const perplexityWords = (loss: number, unit: 'char' | 'word' | 'byte' = 'char'): string => `perplexity ${formatFigure(Math.exp(loss), 3)} · ${formatFigure(loss / Math.LN2, 3)} bits/${unit}`

/** The run's loss by name. */
export const lossWords = ({ task }: Run['experiment']): string => ({ 'cross-entropy': 'cross-entropy', mse: 'mean squared error', mae: 'mean absolute error', huber: 'Huber loss' })[task.loss]

/** The unit of the run's loss; Huber's is squared as far as its square reaches. */
export const lossUnit = ({ data, task }: Run['experiment']): string => {
  if (task.loss === 'cross-entropy') return 'nats'
  const unit = data.kind === 'series' && data.scale !== 'none' ? 'scaled units' : 'units'
  return task.loss === 'mae' ? unit : `${unit}²`
}
