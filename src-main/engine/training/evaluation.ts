import { UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import type { Backend } from '../backends/backend'
import { buildEvaluation, buildTrace } from '../bptt/programs'
import { zero, type Variables } from '../bptt/variables'
import { UnitErrors, type UnitMeasure } from '../metrics/unit-errors'
import { batchInputs, evaluationBatches, type Batch, type Batches } from './batches'
import type { Part, PreparedData } from './prepared-data'
import { programSpec } from './setup'
import { ShapedPrograms } from './shaped-programs'

export interface Evaluation {
  /** Mean over all valid elements of the part. */
  loss: number
  /** Classification: share of right answers. */
  accuracy?: number
  /** Regression: mean absolute error over the target columns, times `unitScale`; where that is null of the first one, undone one by one. */
  error?: number
}

/** How errors come into the data's own units: a factor; or null where each output has to be undone by itself. */
export interface Units { unitScale: number | null; measure?: UnitMeasure | undefined }

export interface Evaluator {
  /** Null when given up because `cancelled()` answered true. */
  evaluate(cancelled: () => boolean, breathe: () => Promise<void>): Promise<Evaluation | null>
  dispose(): Promise<void>
}

/** What a sum of scores (see `Loss.score`) over so many elements means to people. */
export function scoreOf(score: number, count: Pick<Batch, 'valid' | 'components'>, experiment: Experiment, unitScale: number | null): { accuracy?: number; error?: number } {
  if (experiment.task.loss === 'cross-entropy') return { accuracy: score / count.valid }
  return unitScale === null ? {} : { error: score / count.components * unitScale }
}

/**
 * Loss and score of a whole part under the present weights, without dropout, label smoothing and class weights: every
 * sequence, or every position of a stream (`wholeLanes`: state carried along the lanes, also where training starts its
 * windows from zero). A decoder reads the target's tokens. Training's own state isn't touched. Programs are compiled at the
 * first evaluation.
 * @returns null when the part is empty
 */
export function createEvaluator(backend: Backend, experiment: Experiment, data: PreparedData, part: Part, parameters: Variables, units: Units): Evaluator | null {
  const batches = evaluationBatches(data, part, experiment)
  if (!batches) return null
  const spec = programSpec(backend, experiment, batches, parameters, batches.layout.continuous)
  const programs = new ShapedPrograms(backend, spec, buildEvaluation)
  const { unitScale, measure } = units
  // A logarithm's errors can't be had from the mean of the scaled ones: outputs are read and undone.
  const tracing = unitScale === null && measure && data.form !== 'pairs' ? new ShapedPrograms(backend, spec, (shaped) => buildTrace(shaped, { hidden: false })) : null

  return {
    async evaluate(cancelled, breathe) {
      if (spec.carry) zero(spec.states)
      const total = { loss: 0, score: 0, valid: 0, components: 0 }
      for (let index = 0; index < batches.layout.batches; index++) {
        await breathe()
        const result = await runBatch(programs, batches, index, cancelled)
        if (!result) return null
        const { batch, loss, score } = result
        total.loss += loss * batch.components
        total.score += score
        total.valid += batch.valid
        total.components += batch.components
      }
      const error = tracing === null ? {} : await exactError(tracing, cancelled, breathe)
      return error && { loss: total.loss / total.components, ...scoreOf(total.score, total, experiment, unitScale), ...error }
    },
    async dispose() {
      await programs.dispose()
      await tracing?.dispose()
    },
  }

  async function exactError(tracing: ShapedPrograms, cancelled: () => boolean, breathe: () => Promise<void>): Promise<{ error: number } | null> {
    if (spec.carry) zero(spec.states)
    const errors = new UnitErrors(measure!, data.form === 'values' ? data[part] : null, experiment.task.output === 'last-step')
    for (let index = 0; index < batches!.layout.batches; index++) {
      await breathe()
      const batch = batches!.fill(index, null)
      const program = await tracing.for(batch)
      const results = await unlessCancelled(() => program.run({ x: batch.x, lengths: batch.lengths }, cancelled), cancelled)
      if (results === null) return null
      errors.add(batch, results['outputs']!, batches!.source.outputSize)
    }
    return { error: errors.errors.mae }
  }
}

async function runBatch(programs: ShapedPrograms, batches: Batches, index: number, cancelled: () => boolean) {
  const batch = batches.fill(index, null)
  const program = await programs.for(batch)
  const inputs = { ...batchInputs(batch), scale: Float32Array.of(1 / batch.components) }
  const results = await unlessCancelled(() => program.run(inputs, cancelled), cancelled)
  return results && { batch, loss: results['loss']![0]!, score: results['score']![0]! }
}

/** Null when `cancelled()` was true before or during the run. */
export async function unlessCancelled<T>(work: () => Promise<T>, cancelled: () => boolean): Promise<T | null> {
  if (cancelled()) return null
  try {
    return await work()
  } catch (error) {
    if (error instanceof UnrollError && error.code === 'run.cancelled') return null
    throw error
  }
}
