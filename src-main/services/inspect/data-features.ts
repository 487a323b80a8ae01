import { UnrollError } from '@shared/errors'
import type { AskedFeature } from '@shared/rpc/inspect-meaning-schemas'
import type { FeatureSpec } from '../../engine/inspect/features'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { TrainedModel } from '../models/trained-model'
import { columnNames, partAt } from './looked-source'
import type { DataCorpus } from './data-corpus'

/**
 * A feature that was asked for, with its numbers where they come from the data.
 * @throws UnrollError `inspect.no-column`, `inspect.no-labels`
 */
export function dataFeature(model: TrainedModel, dataset: PreparedDataset, data: DataCorpus, asked: AskedFeature): FeatureSpec {
  switch (asked.kind) {
    case 'column': return ofColumn(model, dataset, data, asked.name)
    case 'label': return ofLabel(model, dataset, data)
    case 'next': return { kind: 'classes', name: 'next symbol', ids: nextIds(data), names: columnNames(model).inputs }
    case 'tags': return taggedBy(asked, data.corpus.steps)
    default: return asked
  }
}

/** A column of a series, as the network reads it, or of the numbers of a sequence. */
function ofColumn(model: TrainedModel, { series }: PreparedDataset, { corpus, place }: DataCorpus, name: string): FeatureSpec {
  const { inputs } = columnNames(model)
  const target = series?.target.indexOf(name) ?? -1
  const input = corpus.kind === 'values' ? inputs.indexOf(name) : -1
  if (input < 0 && target < 0) throw new UnrollError('inspect.no-column', `The data has no column "${name}".`, { hint: `It has ${[...(corpus.kind === 'values' ? inputs : []), ...(series?.target ?? [])].join(', ') || 'none'}.` })
  const { steps, x } = corpus
  const values = input >= 0
    ? Float32Array.from({ length: steps }, (_, step) => x[step * model.inputSize + input]!)
    : Float32Array.from({ length: steps }, (_, step) => series!.targets[place(step).step * series!.target.length + target]!)
  return { kind: 'numbers', name, values }
}

/** The class of the sequence a step is in, or of the step where each has one. */
function ofLabel(model: TrainedModel, { data }: PreparedDataset, { corpus, place }: DataCorpus): FeatureSpec {
  if (data.form !== 'sequences') throw new UnrollError('inspect.no-labels', 'This data has no labels.', { hint: 'Choose a column or a property of the symbols.' })
  const { outputs } = columnNames(model)
  const last = model.experiment.task.output === 'last-step'
  const at = (step: number) => {
    const { sequence, step: own } = place(step)
    const found = partAt(data, sequence!)
    const columns = data.target === 'classes' ? 1 : data.outputSize
    return found.part.y[(last ? found.at : found.at * data.steps + own) * columns]!
  }
  return data.target === 'classes'
    ? { kind: 'classes', name: 'label', ids: Int32Array.from({ length: corpus.steps }, (_, step) => at(step)), names: outputs }
    : { kind: 'numbers', name: outputs[0] ?? 'target', values: Float32Array.from({ length: corpus.steps }, (_, step) => at(step)) }
}

/** Each step's successor in its own sequence. */
function nextIds({ corpus: { x, steps, starts, kind } }: DataCorpus): Int32Array {
  if (kind === 'values') throw new UnrollError('inspect.no-labels', 'This data has no symbols.', { hint: 'Choose one of its columns.' })
  const begins = new Set(starts)
  return Int32Array.from({ length: steps }, (_, step) => (step + 1 < steps && !begins.has(step + 1) ? x[step + 1]! : -1))
}

/** Words of the user's as classes. */
export function taggedBy({ name, values }: { name: string; values: readonly string[] }, steps: number): FeatureSpec {
  const ids = new Map([...new Set(values)].filter((value) => value !== '').sort().map((value, id) => [value, id]))
  return { kind: 'classes', name, ids: Int32Array.from({ length: steps }, (_, step) => ids.get(values[step] ?? '') ?? -1), names: [...ids.keys()] }
}
