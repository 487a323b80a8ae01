import type { Experiment } from '@shared/experiment/schema'
import type { Backend } from '../../engine/backends/backend'
import { parameterVariables, writeAll } from '../../engine/bptt/variables'
import { decodeSequences } from '../../engine/generate/decode-sequences'
import { breather, engineHost, type EngineHost } from '../../engine/host'
import { bitsOf, perplexity } from '../../engine/metrics/information'
import { partScores, type PartScoresArguments } from '../../engine/metrics/part-scores'
import { sequenceScores } from '../../engine/metrics/sequences'
import { createEvaluator } from '../../engine/training/evaluation'
import type { PreparedData, SequencePairs } from '../../engine/training/prepared-data'
import type { Weights } from '../../engine/training/types'

export type HeldOut = 'validation' | 'test'

export interface EvaluateArguments {
  experiment: Experiment
  weights: Weights
  data: PreparedData
  parts: readonly HeldOut[]
  inputSize: number
  outputSize: number
  /** What turns the first target's outputs into its own units (`PreparedDataset.measure`). */
  measure?: PartScoresArguments['measure']
}

/** A part's figures as numbers alone; `counts` [classes, classes] row-major, actual by predicted. */
export interface EvaluatedPart {
  part: HeldOut
  loss: number
  scores: Record<string, number>
  confusion: { classes: number; counts: Uint32Array } | null
}

/** Beyond this many classes nobody reads a confusion matrix, and it would weigh more than the run's other figures together. */
const mostShownClasses = 200

/**
 * Everything a field expects to know of some weights on held-out parts; empty parts are left out.
 *   classes: accuracy, balanced accuracy, macro F1, confusion matrix; symbols: bits and perplexity beside the nats
 *   values:  MAE (`error`), RMSE, sMAPE, MASE of the first target in its own units
 *   pairs:   exact match, edit distance and error rate of what is decoded greedily
 * @throws UnrollError `shape.mismatch` when the weights don't fit the model
 */
export async function evaluateParts(backend: Backend, args: EvaluateArguments, host: EngineHost = engineHost): Promise<EvaluatedPart[]> {
  const found: EvaluatedPart[] = []
  for (const part of args.parts) {
    const evaluated = await evaluatePart(backend, args, part, host)
    if (evaluated !== null) found.push(evaluated)
  }
  return found
}

async function evaluatePart(backend: Backend, args: EvaluateArguments, part: HeldOut, host: EngineHost): Promise<EvaluatedPart | null> {
  const { experiment, data } = args
  const evaluation = await lossOf(backend, args, part, host)
  if (evaluation === null) return null
  const { loss, accuracy } = evaluation
  const information: Record<string, number> = predictsSymbols(experiment) ? { bits: bitsOf(loss), perplexity: perplexity(loss) } : {}
  if (data.form === 'pairs') {
    return { part, loss, scores: { ...information, ...numbersOf({ accuracy }), ...await decodedScores(backend, args, data, part, host) }, confusion: null }
  }
  const found = await partScores(backend, { ...args, part }, host)
  if (found === null) return null
  const { scores, confusion, legality } = found
  if (experiment.data.kind === 'text') return { part, loss, scores: { ...information, ...numbersOf({ accuracy: scores.accuracy }) }, confusion: null }
  return {
    part, loss,
    scores: { ...information, ...numbersOf({ ...scores, legalSteps: legality?.steps, legalStrings: legality?.strings }) },
    confusion: confusion !== null && confusion.classes <= mostShownClasses ? confusion : null,
  }
}

async function lossOf(backend: Backend, { experiment, weights, data, inputSize, outputSize }: EvaluateArguments, part: HeldOut, host: EngineHost) {
  const parameters = parameterVariables(backend, experiment.model, inputSize, outputSize, experiment.task.output)
  writeAll(parameters, weights, 'The weights')
  const evaluator = createEvaluator(backend, experiment, data, part, parameters, { unitScale: 1 })
  try {
    return await evaluator?.evaluate(() => false, breather(host)) ?? null
  } finally {
    await evaluator?.dispose()
  }
}

/** What the decoder writes by itself, broken off at twice the longest target. */
async function decodedScores(backend: Backend, { experiment: { model }, weights }: EvaluateArguments, data: SequencePairs, part: HeldOut, host: EngineHost): Promise<Record<string, number>> {
  const { inputSize, outputSize, steps, targetSteps, startToken, endToken } = data
  const { count, source, sourceLengths, target, targetLengths } = data[part]
  const rows = <T>(row: (index: number) => T) => Array.from({ length: count }, (_, index) => row(index))
  const decoded = await decodeSequences(backend, {
    model, inputSize, outputSize, weights, startToken, endToken, mostSteps: 2 * targetSteps, beam: 1,
    sources: rows((index) => source.slice(index * steps, index * steps + sourceLengths[index]!)),
  }, host)
  return sequenceScores(rows((index) => ({
    // Without the end token, as decoded sequences are.
    expected: target.subarray(index * targetSteps, index * targetSteps + targetLengths[index]! - 1), given: decoded[index]!.tokens,
  })))
}

/** Whether the loss is that of symbols one after the other, for which bits and perplexity are the custom. */
export const predictsSymbols = ({ data, task }: Pick<Experiment, 'data' | 'task'>): boolean =>
  task.loss === 'cross-entropy' && (data.kind === 'text' || task.output === 'sequence' || (data.kind === 'generated' && data.generator === 'reber'))

const numbersOf = (scores: Record<string, number | undefined>): Record<string, number> =>
  Object.fromEntries(Object.entries(scores).filter((entry): entry is [string, number] => entry[1] !== undefined && Number.isFinite(entry[1])))
