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
import { parityExamples, parityNames, prepareParity } from './parity'
import { prepareReber, reberExamples } from './reber'
import { prepareTones, toneExamples, toneNames, toneParameters } from './tones'
import { prepareWaves, waves } from './waves'

/** The task an experiment names, the same for the same seed. @throws UnrollError `dataset.too-large`, `dataset.too-short`, `experiment.data` */
export function prepareGenerated(spec: GeneratedSpec, task: TaskSpec, seed: number): PreparedDataset {
  checkParameters(spec)
  switch (spec.generator) {
    case 'adding': return prepareAdding(spec, task.loss, seed)
    case 'copy': return prepareCopy(spec, seed)
    case 'reber': return prepareReber(spec, seed)
    case 'dates': return prepareDates(spec, seed)
    case 'parity': return prepareParity(spec, task.output, seed)
    case 'tones': return prepareTones(spec, seed)
    default: return prepareWaves({ ...spec, generator: spec.generator }, task.loss, seed)
  }
}

/** Screens ask without an experiment file's checks. */
function checkParameters(spec: GeneratedSpec): void {
  const [wrong] = wrongParameters(spec)
  if (wrong !== undefined) throw new UnrollError('experiment.data', wrong.message, { hint: 'docs/experiment-file.md lists the parameters of each generator.', where: { parameter: wrong.path } })
}

const shown = 3

/** The first examples that `prepareGenerated` makes of the same seed. @throws UnrollError `dataset.too-short`, `experiment.data` */
export function previewGenerated(spec: GeneratedSpec, seed: number): GeneratedPreview | SequencesPreview {
  checkParameters(spec)
  switch (spec.generator) {
    case 'adding': return previewAdding(spec, seed)
    case 'dates': return previewDates(spec, seed)
    case 'copy': return previewSymbols(spec, `Ten symbols are to be given back, in order, ${spec.steps} steps later.`, copyAlphabet, copyAlphabet, copyExamples(spec.steps, shown, seed))
    case 'reber': return previewSymbols(spec, 'The next symbol of a string is to be told; the second one comes again at the end, whatever stands between.', reberSymbols, reberSymbols, reberExamples(spec.steps, shown, seed))
    case 'parity': return previewSymbols(spec, 'Whether the ones so far are odd.', parityNames.inputs, parityNames.outputs, parityExamples(spec.steps, shown, seed))
    case 'tones': return previewTones(spec, seed)
    default: return previewWaves({ ...spec, generator: spec.generator }, seed)
  }
}

function previewSymbols(spec: GeneratedSpec, task: string, inputs: readonly string[], outputs: readonly string[], { x, y, lengths }: { x: Int32Array; y: Int32Array; lengths?: Int32Array }): SequencesPreview {
  const steps = sequenceSteps(spec)!
  const textOf = (ids: Int32Array, names: readonly string[], row: number) => Array.from(ids.subarray(row * steps, row * steps + (lengths?.[row] ?? steps)), (id) => names[id]!)
  return {
    kind: 'sequences', answers: 'each-step', count: spec.examples, steps, task,
    examples: Array.from({ length: shown }, (_, row) => ({ inputs: textOf(x, inputs, row), targets: textOf(y, outputs, row) })),
  }
}

function previewTones(spec: GeneratedSpec, seed: number): SequencesPreview {
  const tones = toneParameters(spec)
  const { steps } = spec
  const { x, y } = toneExamples(tones, steps, shown, seed)
  return {
    kind: 'sequences', answers: 'whole', count: spec.examples, steps, task: 'The pitch of a tone is to be told, one sample a step.',
    examples: Array.from(y, (id, row) => ({ inputs: Array.from(x.subarray(row * steps, (row + 1) * steps), readable), targets: [toneNames(tones)[id]!] })),
  }
}

function previewWaves(spec: Parameters<typeof waves>[0], seed: number): SequencesPreview {
  const { columns, steps, horizon, clean, observed } = waves(spec, shown, seed)
  const rows = (values: Float64Array, example: number, first: number) => Array.from({ length: steps }, (_, step) => {
    const at = (example * (steps + horizon) + first + step) * columns.length
    return Array.from(values.subarray(at, at + columns.length), readable).join(' ')
  })
  return {
    kind: 'sequences', answers: 'each-step', count: spec.examples, steps, task: `The value ${horizon === 1 ? 'one step' : `${horizon} steps`} later is to be foretold.`,
    examples: Array.from({ length: shown }, (_, row) => ({ inputs: rows(observed, row, 0), targets: rows(clean, row, horizon) })),
  }
}

const readable = (value: number): string => value.toPrecision(3)

function previewDates(spec: GeneratedSpec, seed: number): SequencesPreview {
  const { sources, targets } = dateExamples(dateParameters(spec), spec.examples, seed)
  return {
    kind: 'sequences', answers: 'whole', count: spec.examples, steps: sources.reduce((longest, { length }) => Math.max(longest, length), 0),
    task: 'A date as people write it is to be written as ISO 8601 has it: year, month, day.',
    examples: Array.from({ length: 2 * shown }, (_, row) => ({ inputs: Array.from(sources[row]!), targets: Array.from(targets[row]!) })),
  }
}
