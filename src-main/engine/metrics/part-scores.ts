import type { Experiment } from '@shared/experiment/schema'
import type { Baseline } from '@shared/metrics'
import type { Backend } from '../backends/backend'
import { buildTrace } from '../bptt/programs'
import { parameterVariables, writeAll, zero } from '../bptt/variables'
import { breather, engineHost, type EngineHost } from '../host'
import { evaluationBatches, type Batch } from '../training/batches'
import type { Part, PreparedData } from '../training/prepared-data'
import { programSpec } from '../training/setup'
import { ShapedPrograms } from '../training/shaped-programs'
import type { Weights } from '../training/types'
import { argmax, classificationScores, confusionMatrix, countAnswer, type ConfusionMatrix } from './classification'
import { legality } from './legality'
import { UnitErrors, type UnitMeasure } from './unit-errors'

/** Beyond this many classes a confusion matrix is larger than anybody reads. */
const mostClasses = 2048

export interface PartScores {
  /** Everything but the loss, as baselines report it. */
  scores: Omit<Baseline, 'name' | 'description' | 'loss'>
  confusion: ConfusionMatrix | null
  /** Embedded Reber grammar alone: shares of steps and of strings whose most probable symbols may come next. */
  legality: { steps: number; strings: number } | null
}

export interface PartScoresArguments {
  experiment: Experiment
  weights: Weights
  data: PreparedData
  part: Part
  /** What turns the first target's outputs into its own units (`PreparedDataset.measure`); as they are when left out. */
  measure?: UnitMeasure & { naiveError: number | null } | undefined
}

/**
 * Every output of a part held against its target, as evaluation reads the part: each sequence whole, streams in lanes
 * whose state flows on.
 * @returns null when the part is empty
 * @throws UnrollError `shape.mismatch` when the weights don't fit the model
 */
export async function partScores(backend: Backend, args: PartScoresArguments, host: EngineHost = engineHost): Promise<PartScores | null> {
  const { experiment, weights, data, part } = args
  const batches = evaluationBatches(data, part, experiment)
  if (batches === null) return null
  const { inputSize, outputSize, target } = batches.source
  const parameters = parameterVariables(backend, experiment.model, inputSize, outputSize)
  writeAll(parameters, weights, 'The weights')
  const spec = programSpec(backend, experiment, batches, parameters, batches.layout.continuous)
  if (spec.carry) zero(spec.states)
  const programs = new ShapedPrograms(backend, spec, (shaped) => buildTrace(shaped, { hidden: false }))
  const breathe = breather(host)
  const answers = target === 'classes' ? new Answers(experiment, outputSize) : null
  const errors = new UnitErrors(args.measure ?? { offset: 0, scale: 1 }, data.form === 'values' ? data[part] : null, experiment.task.output === 'last-step')
  try {
    for (let index = 0; index < batches.layout.batches; index++) {
      const batch = batches.fill(index, null)
      const { outputs } = await (await programs.for(batch)).run({ x: batch.x, lengths: batch.lengths })
      answers?.add(batch, outputs!, outputSize, experiment.task.output === 'last-step' ? 1 : batch.steps)
      if (answers === null) errors.add(batch, outputs!, outputSize)
      await breathe()
    }
  } finally {
    await programs.dispose()
  }
  return answers?.scores() ?? { scores: errors.scores(), confusion: null, legality: null }
}

/** Most probable classes against right ones. */
class Answers {
  private readonly confusion: ConfusionMatrix | null
  private readonly strings: { tokens: number[]; answers: number[] }[] | null
  private right = 0
  private count = 0

  constructor({ data }: Experiment, classes: number) {
    this.confusion = classes <= mostClasses ? confusionMatrix(classes) : null
    this.strings = data.kind === 'generated' && data.generator === 'reber' ? [] : null
  }

  add({ x, y, lengths }: Batch, outputs: Float32Array, classes: number, steps: number): void {
    for (let row = 0; row < lengths.length; row++) {
      const string = { tokens: [] as number[], answers: [] as number[] }
      for (let step = 0; step < Math.min(steps, lengths[row]!); step++) {
        const at = step * lengths.length + row
        const answer = argmax(outputs, at * classes, classes)
        this.count++
        if (answer === y[at]) this.right++
        if (this.confusion) countAnswer(this.confusion, y[at]!, answer)
        string.tokens.push(x[at]!)
        string.answers.push(answer)
      }
      if (lengths[row]! > 0) this.strings?.push(string)
    }
  }

  scores(): PartScores {
    const { confusion, strings } = this
    return {
      scores: { accuracy: this.right / this.count, ...(confusion && classificationScores(confusion)) },
      confusion, legality: strings && legality(strings),
    }
  }
}
