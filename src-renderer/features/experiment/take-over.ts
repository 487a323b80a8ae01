import type { Experiment } from '@shared/experiment/schema'

/**
 * A file's model, training, loss, name and device on the data and with the outputs of `own`.
 * @returns also what of the file's task could not be taken over, a sentence each
 */
export function takeOver(read: Experiment, own: Experiment): { experiment: Experiment; left: string[] } {
  const { name, model, training, device, task } = read
  const left: string[] = []
  const sameKind = (task.loss === 'cross-entropy') === (own.task.loss === 'cross-entropy')
  if (!sameKind) left.push(`task.loss stays ${own.task.loss}: ${task.loss} is not for this dataset's targets.`)
  if (task.output !== own.task.output) left.push(`task.output stays ${own.task.output}, as this dataset has it.`)
  // Attention belongs to a decoder alone.
  const attends = model.attention && own.task.output === 'sequence'
  if (model.attention && !attends) left.push('model.attention became false: this dataset\'s task has no decoder.')
  return { experiment: { ...own, name, model: { ...model, attention: attends }, training, device, task: sameKind ? { ...task, output: own.task.output } : own.task }, left }
}
