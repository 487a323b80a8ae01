import { generators } from './generators'
import type { DataSpec, Experiment } from './schema'
import { firstTargetRow } from './series-columns'

/** How an experiment goes through its training part. */
export interface TrainingPlan {
  /** Positions that have both an input and a target; sequences on sequence sets. */
  positions: number
  /** Steps of a window: `training.window` on streams, the whole sequence on sequence sets where the experiment tells. */
  steps: number
  /** 0: the training part is shorter than one batch of windows. */
  stepsPerEpoch: number
  totalSteps: number
}

/**
 * The plan before anything is read, from the training part's size alone; the session computes the same when it starts.
 *   text, carried series: lane = floor(positions / B), windows a lane = floor(lane / T)
 *   series, not carried:  ceil((floor((positions − T) / stride) + 1) / B); stride: a quarter of the window unless set
 *   sequences:            ceil(count / B)
 *   totalSteps = min(epochs · stepsPerEpoch, maxSteps)
 * @param trainCount characters, rows or sequences of the training part
 */
export function trainingPlan({ data, training }: Experiment, trainCount: number): TrainingPlan {
  const { window, batchSize, carryState, epochs, maxSteps } = training
  const positions = Math.max(0, data.kind === 'text' ? trainCount - 1 : data.kind === 'series' ? trainCount - firstTargetRow(data) : trainCount)
  const total = (stepsPerEpoch: number, steps: number): TrainingPlan =>
    ({ positions, steps, stepsPerEpoch, totalSteps: Math.min(epochs * stepsPerEpoch, maxSteps ?? Infinity) })

  if (data.kind !== 'text' && data.kind !== 'series') return total(Math.ceil(positions / batchSize), sequenceSteps(data) ?? window)
  if (data.kind === 'text' || carryState) return total(Math.floor(Math.floor(positions / batchSize) / window), window)
  const stride = (data.kind === 'series' ? data.stride : null) ?? Math.max(1, Math.floor(window / 4))
  const windows = positions < window ? 0 : Math.floor((positions - window) / stride) + 1
  return total(Math.ceil(windows / batchSize), window)
}

/** Steps of the longest sequence of a generated task; null where only the data knows. */
export function sequenceSteps(data: DataSpec): number | null {
  if (data.kind !== 'generated') return null
  switch (data.generator) {
    // Ten symbols before the delay and ten after it.
    case 'copy': return data.steps + 20
    // A string's last symbol is a target alone.
    case 'reber': return data.steps - 1
    case 'dates': return null
    default: return data.steps
  }
}

/** Whether x_t is a token, which enters one-hot or embedded; else it is numbers. */
export const readsTokens = (data: DataSpec): boolean => data.kind === 'text' || data.kind === 'records'
  || (data.kind === 'generated' && generators[data.generator].tokens) || (data.kind === 'tensors' && data.vocabulary !== undefined)

/** Whether the data are pairs of sequences, one to become the other. */
export const arePairs = (data: DataSpec): boolean =>
  data.kind === 'generated' ? generators[data.generator].outputs[0] === 'sequence' : data.kind === 'records' && data.output !== undefined
