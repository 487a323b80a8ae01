import { resolve } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { PartFigures } from '@shared/rpc/schemas'
import type { HeldOut } from '../../services/figures/evaluate-parts'
import { namedFigures } from '../../services/figures/run-figures'
import { RunFolder, type WhichWeights } from '../../services/runs/run-folder'
import { confusionTable, figuresTable } from './figures-table'
import { dataOf, withModel } from './with-model'
import { count } from './words'

export interface EvalOptions { part?: HeldOut; weights: WhichWeights; json?: boolean; backtest?: number; steps: number }

/**
 * `unroll eval RUN`: the figures of the held-out parts and of the baselines. All of them under the best weights also go to
 * RUN/figures.json, unless the run is training.
 * @throws UnrollError `eval.empty-part`
 */
export async function evaluate(run: string, { part, weights, json }: Omit<EvalOptions, 'backtest' | 'steps'>): Promise<void> {
  const { model, figures, baselines } = await withModel(run, weights, async (client, model, host) => {
    const dataset = await dataOf(host, run, model)
    const evaluated = await client.evaluate({
      experiment: model.experiment, weights: model.weights, data: dataset.data, parts: part === undefined ? ['validation', 'test'] : [part],
      inputSize: model.inputSize, outputSize: model.outputSize, measure: dataset.measure,
    })
    return { model, figures: namedFigures(evaluated, dataset), baselines: dataset.baselines }
  })
  if (figures.length === 0) throw nothingHeldOut(part)
  const folder = new RunFolder(resolve(run))
  if (part === undefined && weights === 'best' && !folder.isLocked()) await folder.saveFigures(figures)
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ step: model.step, figures, baselines })}\n`)
    return
  }
  process.stdout.write(`Weights of step ${count(model.step)}.\n${figuresTable({ name: model.record.name, experiment: model.experiment, figures, baselines })}${figures.map(confusionOf).join('')}`)
}

const confusionOf = ({ part, confusion }: PartFigures): string => confusion === null ? '' : confusionTable(part, confusion)

const nothingHeldOut = (part: HeldOut | undefined) => new UnrollError('eval.empty-part', part === undefined
  ? 'Nothing is held out: data.validation and data.test left no data outside the training part.'
  : `The ${part} part is empty: data.${part} left no data for it.`, {
  hint: part === undefined ? 'Train again with a share of the data held out.' : 'Evaluate the other part, or train again with a share held out for it.',
})
