import { resolve } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import type { PartFigures } from '@shared/rpc/schemas'
import type { PreparedDataset } from '../../data/prepared-dataset'
import { bitsOf } from '../../engine/metrics/information'
import type { HeldOut } from '../../services/figures/evaluate-parts'
import { namedFigures } from '../../services/figures/run-figures'
import { RunFolder, type WhichWeights } from '../../services/runs/run-folder'
import { confusionTable, figuresTable } from './figures-table'
import { dataOf, withModel } from './with-model'
import { count, figure } from './words'

export interface EvalOptions { part?: HeldOut; weights: WhichWeights; json?: boolean; backtest?: number; steps: number }

/**
 * `unroll eval RUN`: the figures of the held-out parts and of the baselines. All of them under the best weights also go to
 * RUN/figures.json, unless the run is training or its data have changed.
 * @throws UnrollError `eval.empty-part`
 */
export async function evaluate(run: string, { part, weights, json }: Omit<EvalOptions, 'backtest' | 'steps'>): Promise<void> {
  const { model, figures, baselines, words, changed } = await withModel(run, weights, async (client, model, host) => {
    const dataset = await dataOf(host, run, model)
    const evaluated = await client.evaluate({
      experiment: model.experiment, weights: model.weights, data: dataset.data, parts: part === undefined ? ['validation', 'test'] : [part],
      inputSize: model.inputSize, outputSize: model.outputSize, measure: dataset.measure,
    })
    return { model, figures: namedFigures(evaluated, dataset), baselines: dataset.baselines, words: wordLengths(model.experiment, dataset), changed: dataset.changed }
  })
  if (figures.length === 0) throw nothingHeldOut(part)
  const folder = new RunFolder(resolve(run))
  if (part === undefined && weights === 'best' && !changed && !folder.isLocked()) await folder.saveFigures(figures)
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ step: model.step, figures, baselines, ...(changed && { dataChanged: true }) })}\n`)
    return
  }
  process.stdout.write(`Weights of step ${count(model.step)}.\n${figuresTable({ name: model.record.name, experiment: model.experiment, figures, baselines })}${perCharacter(figures, words)}${figures.map(confusionOf).join('')}`)
}

/** Of a text by words: the mean length of a held-out word in characters; those the vocabulary lacks count as what they read as. */
function wordLengths({ data }: Experiment, { data: stream, vocabulary }: PreparedDataset): Partial<Record<HeldOut, number>> {
  if (data.kind !== 'text' || data.unit !== 'word' || stream.form !== 'tokens' || vocabulary === null) return {}
  const lengths = vocabulary.map((word) => Array.from(word).length)
  const mean = (ids: ArrayLike<number>) => {
    let sum = 0
    // The first one is no target.
    for (let at = 1; at < ids.length; at++) sum += lengths[ids[at]!]!
    return sum / (ids.length - 1)
  }
  return { validation: mean(stream.validation), test: mean(stream.test) }
}

function perCharacter(figures: readonly PartFigures[], words: Partial<Record<HeldOut, number>>): string {
  return figures.flatMap(({ part, loss }) => {
    const length = words[part]
    return length === undefined ? [] : [`  ${part}: ${figure(length)} characters a word, so ${figure(bitsOf(loss) / length)} bits/char; words outside the vocabulary count as one character.\n`]
  }).join('')
}

const confusionOf = ({ part, confusion }: PartFigures): string => confusion === null ? '' : confusionTable(part, confusion)

const nothingHeldOut = (part: HeldOut | undefined) => new UnrollError('eval.empty-part', part === undefined
  ? 'Nothing is held out: data.validation and data.test left no data outside the training part.'
  : `The ${part} part is empty: data.${part} left no data for it.`, {
  hint: part === undefined ? 'Train again with a share of the data held out.' : 'Evaluate the other part, or train again with a share held out for it.',
})
