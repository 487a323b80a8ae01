import type { TaskSpec } from '@shared/experiment/schema'

/**
 * One element's loss by the task: squared error e², absolute error |e|, Huber's with δ = 1 (e²/2 up to 1, |e| − ½ beyond).
 * @see Huber 1964
 */
export function regressionLoss(loss: TaskSpec['loss'], error: number): number {
  const size = Math.abs(error)
  if (loss === 'mae') return size
  if (loss === 'huber') return size <= 1 ? size * size / 2 : size - 0.5
  return error * error
}
