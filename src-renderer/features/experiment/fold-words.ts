import { formatCount } from '../../ui/format'
import type { Draft, Entry } from './draft'

/** A folded group's state in a few words, so that nothing that is set hides. */

const whole = (value: Entry): string => value === null ? '?' : formatCount(value)
const figure = (value: Entry): string => value === null || Number.isNaN(value) ? '?' : String(value)
const list = (...words: (string | false)[]): string => words.filter((word) => word !== false).join(', ')

export function scheduleWords(draft: Draft): string {
  const { scheduleFactor: factor, warmupSteps } = draft
  const main = {
    constant: 'constant',
    step: `× ${figure(factor)} every ${whole(draft.scheduleEvery)} steps`,
    exponential: `× ${figure(factor)} each ${draft.schedulePer}`,
    cosine: `cosine over ${draft.scheduleSteps === null ? 'the whole run' : `${whole(draft.scheduleSteps)} steps`}`,
    plateau: `× ${figure(factor)} after ${whole(draft.schedulePatience)} validations without a gain`,
  }[draft.schedule]
  return list(main, warmupSteps !== 0 && `${whole(warmupSteps)} steps of warm-up`)
}

export const regularisationWords = (draft: Draft): string => list(
  draft.inputDropout !== 0 && `input dropout ${figure(draft.inputDropout)}`,
  draft.weightDecay !== 0 && `weight decay ${figure(draft.weightDecay)}`,
  draft.stopEarly && `stops after ${whole(draft.patience)} validations without a gain`,
  draft.clipEach && `elements within ±${figure(draft.clipValue)}`,
) || 'none'

export const initWords = (draft: Draft): string => list(
  { default: 'uniform ±1/√H', xavier: 'Xavier', orthogonal: 'orthogonal', identity: 'U = I', file: draft.initFile.trim() || 'from a file' }[draft.init],
  draft.cell === 'lstm' && draft.forgetBias !== 0 && `forget bias ${figure(draft.forgetBias)}`,
)

export const lossNames = { 'cross-entropy': 'cross-entropy', mse: 'mean squared error', mae: 'mean absolute error', huber: 'Huber' } as const

export const lossWords = (draft: Draft): string => list(
  lossNames[draft.loss],
  draft.loss === 'cross-entropy' && draft.labelSmoothing !== 0 && `smoothing ${figure(draft.labelSmoothing)}`,
  draft.loss === 'cross-entropy' && draft.classWeights !== 'none' && (draft.classWeights === 'balanced' ? 'balanced classes' : 'class weights of the file'),
)
