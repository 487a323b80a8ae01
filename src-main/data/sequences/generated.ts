import { sequenceSteps } from '@shared/experiment/plan'
import { UnrollError } from '@shared/errors'
import { wrongParameters, type GeneratedSpec } from '@shared/experiment/generators'
import type { TaskSpec } from '@shared/experiment/schema'
import type { GeneratedPreview, SequencesPreview } from '@shared/rpc/schemas'
import { reberSymbols } from '../../engine/tasks/reber-grammar'
import type { PreparedDataset } from '../prepared-dataset'
import { prepareAdding, previewAdding } from './adding'
import { copyAlphabet, copyExamples, prepareCopy } from './copy'
import { dateExamples, dateParameters, prepareDates } from './dates'
import { prepareReber, reberExamples } from './reber'

/** The task an experiment names, the same for the same seed. @throws UnrollError `dataset.too-large`, `dataset.too-short`, `experiment.data` */
export function prepareGenerated(spec: GeneratedSpec, task: TaskSpec, seed: number): PreparedDataset {
  checkParameters(spec)
  switch (spec.generator) {
    case 'adding': return prepareAdding(spec, task.loss, seed)
    case 'copy': return prepareCopy(spec, seed)
    case 'reber': return prepareReber(spec, seed)
    case 'dates': return prepareDates(spec, seed)
  }
}

/** Screens ask without an experiment file's checks. */
function checkParameters(spec: GeneratedSpec): void {
  const [wrong] = wrongParameters(spec)
  if (wrong !== undefined) throw new UnrollError('experiment.data', wrong.message, { hint: 'docs/experiment-file.md lists the parameters of each generator.', where: { parameter: wrong.path } })
}

const shown = 3

/** The first examples that `prepareGenerated` makes of the same seed. @throws UnrollError `dataset.too-short` */
export function previewGenerated(spec: GeneratedSpec, seed: number): GeneratedPreview | SequencesPreview {
  checkParameters(spec)
  if (spec.generator === 'adding') return previewAdding(spec, seed)
  if (spec.generator === 'dates') return previewDates(spec, seed)
  const steps = sequenceSteps(spec)!
  const made = spec.generator === 'copy' ? { ...copyExamples(spec.steps, shown, seed), lengths: null } : reberExamples(spec.steps, shown, seed)
  const symbols: readonly string[] = spec.generator === 'copy' ? copyAlphabet : reberSymbols
  const textOf = (ids: Int32Array, row: number) => Array.from(ids.subarray(row * steps, row * steps + (made.lengths?.[row] ?? steps)), (id) => symbols[id]!)
  return {
    kind: 'sequences', answers: 'each-step', count: spec.examples, steps,
    task: spec.generator === 'copy'
      ? `Ten symbols are to be given back, in order, ${spec.steps} steps later.`
      : 'The next symbol of a string is to be told; the second one comes again at the end, whatever stands between.',
    examples: Array.from({ length: shown }, (_, row) => ({ inputs: textOf(made.x, row), targets: textOf(made.y, row) })),
  }
}

function previewDates(spec: GeneratedSpec, seed: number): SequencesPreview {
  const { sources, targets } = dateExamples(dateParameters(spec), spec.examples, seed)
  return {
    kind: 'sequences', answers: 'whole', count: spec.examples, steps: sources.reduce((longest, { length }) => Math.max(longest, length), 0),
    task: 'A date as people write it is to be written as ISO 8601 has it: year, month, day.',
    examples: Array.from({ length: 2 * shown }, (_, row) => ({ inputs: Array.from(sources[row]!), targets: Array.from(targets[row]!) })),
  }
}
