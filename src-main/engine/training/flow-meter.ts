import type { GradientFlowLine } from '@shared/metrics'
import type { Backend, Ops, Program, ProgramInputs, Sequence, Tensor, Traced } from '../backends/backend'
import { forwardPass, inputNames, type ProgramSpec, type StackPrefix } from '../bptt/programs'
import { zero, type Variables } from '../bptt/variables'
import { Random } from '../random'
import type { Batch, Batches } from './batches'
import { randomStreams } from './epochs'
import { unlessCancelled } from './evaluation'
import { programSpec } from './setup'
import type { SessionOptions } from './types'

/** Sequences that the gradient is followed through: few, so that a look costs a fraction of a step. */
const mostRows = 8
/** Lags told one by one; further back ever fewer. */
const denseLags = 32
const lagGrowth = 1.08

/** A cell the gradient goes through, and its states by their letters: h, of an LSTM also c. */
interface Probed { prefix: StackPrefix; suffix: string; letters: readonly string[]; size: number; reverse: boolean }

/**
 * How the gradient goes back through time while a network trains: for each layer and direction, by how many steps back,
 *   ‖∂h_T/∂h_{T−k}‖_F / √H,   k = 0, 1, …
 * through the layer's own recurrence (of an LSTM also by c_{T−k}): 1 where it neither grows nor fades. What is followed is
 * vᵀ ∂h_T/∂h_t for one random v of ±1 a sequence, since E‖vᵀJ‖² = ‖J‖_F²; exact where all directions fade alike, or each unit
 * by itself. The sequences (the first of the training part, at most 8, from a zero state, each to its own end) and the
 * directions stay the same throughout a run, so that two looks differ by the weights alone.
 * @see Pascanu, Mikolov & Bengio 2013; the estimator: Hutchinson 1990
 */
export class FlowMeter {
  private readonly batch: Batch
  private readonly spec: ProgramSpec
  private readonly probes: Float32Array
  private readonly probed: Probed[] = []
  private program: Promise<Program> | null = null

  /** @param parameters those being trained; a look reads them and changes nothing */
  constructor(private readonly backend: Backend, { experiment }: Pick<SessionOptions, 'experiment'>, batches: Batches, parameters: Variables) {
    const { layout } = batches
    const rows = Math.min(mostRows, layout.batch)
    this.batch = firstRows(batches.fill(0, null), layout.batch, rows)
    const { steps, targetSteps } = this.batch
    this.spec = programSpec(backend, experiment, { ...batches, ...(targetSteps !== undefined && { targetSteps }), layout: { ...layout, steps, batch: rows } }, parameters, false)
    const random = new Random(experiment.training.seed, randomStreams.flow)
    // A decoder is as wide as both directions of its encoder; narrower cells take as many numbers as they need.
    this.probes = Float32Array.from({ length: rows * experiment.model.hiddenSize * 2 }, () => (random.next() & 1 ? 1 : -1))
  }

  /** @returns null when given up because `cancelled()` answered true */
  async measure(step: number, epoch: number, cancelled: () => boolean): Promise<GradientFlowLine | null> {
    this.program ??= this.backend.compile((ops) => this.build(ops))
    const program = await this.program
    zero(this.spec.states)
    const results = await unlessCancelled(() => program.run(this.inputs(), cancelled), cancelled)
    if (!results) return null
    const lags = lagsOf(Math.max(...this.probed.flatMap(({ prefix }) => [...this.lengths(prefix)])))
    const flow = Object.fromEntries(this.probed.flatMap((cell) => cell.letters.map((letter) => {
      const name = nameOf(cell, letter)
      return [name, flowByLag(results[name]!, this.lengths(cell.prefix), cell, lags)]
    })))
    return { step, epoch, lags, flow }
  }

  async dispose(): Promise<void> {
    await this.program?.then((program) => { program.dispose() }, () => undefined)
  }

  private lengths(prefix: StackPrefix): Int32Array {
    return prefix === 'decoder.' ? this.batch.targetLengths! : this.batch.lengths
  }

  private build(ops: Ops): Traced {
    const { batch } = this.spec.shape
    const results: Record<string, Sequence> = {}
    // Cells of one size read the same probes.
    const inputs = new Map<string, Tensor>()
    const input = (name: string, size: number): Tensor => {
      const known = inputs.get(name) ?? ops.input(name, [batch, size])
      inputs.set(name, known)
      return known
    }
    this.probed.length = 0
    for (const [prefix, stack] of forwardPass(ops, this.spec).stacks) {
      for (const { layer, direction, forward } of stack.cells) {
        const size = forward.final[0]!.shape[1]!
        const cell = { prefix, suffix: `l${layer}${direction.suffix}`, letters: ['h', 'c'].slice(0, forward.final.length), size, reverse: direction.name === 'reverse' }
        const final = cell.letters.map((letter) => input(`${letter === 'h' ? 'probe' : 'none'}.${size}`, size))
        const { states } = forward.backward({ outputs: null, final }, { needsInput: false, needsInitial: false, needsStates: true })
        for (const [at, letter] of cell.letters.entries()) results[nameOf(cell, letter)] = states![at]!
        this.probed.push(cell)
      }
    }
    return { results }
  }

  private inputs(): ProgramInputs {
    const { x, lengths, decoder, targetLengths } = this.batch
    const rows = lengths.length
    const seeds: ProgramInputs = {}
    for (const { size, letters } of this.probed) {
      seeds[`probe.${size}`] = this.probes.subarray(0, rows * size)
      if (letters.length > 1) seeds[`none.${size}`] = new Float32Array(rows * size)
    }
    return { [inputNames.x]: x, [inputNames.lengths]: lengths, ...(decoder && targetLengths && { [inputNames.decoder]: decoder, [inputNames.targetLengths]: targetLengths }), ...seeds }
  }
}

const nameOf = ({ prefix, suffix }: Probed, letter: string): string => `${prefix}${letter}_${suffix}`

/** The first rows of a batch, in arrays of their own: [steps, batch, …] → [steps, rows, …]. */
function firstRows({ steps, targetSteps, x, lengths, decoder, targetLengths, ...rest }: Batch, batch: number, rows: number): Batch {
  const cut = <T extends Int32Array | Float32Array>(values: T, ofSteps: number): T => {
    const width = values.length / ofSteps / batch
    const own = (values instanceof Int32Array ? new Int32Array(ofSteps * rows * width) : new Float32Array(ofSteps * rows * width)) as T
    for (let step = 0; step < ofSteps; step++) own.set(values.subarray(step * batch * width, (step * batch + rows) * width), step * rows * width)
    return own
  }
  const pairs = decoder && targetLengths && targetSteps !== undefined && { targetSteps, decoder: cut(decoder, targetSteps), targetLengths: targetLengths.slice(0, rows) }
  return { ...rest, steps, x: cut(x, steps), lengths: lengths.slice(0, rows), ...pairs }
}

/** 0, 1, 2, …, then ever further apart; the longest there is comes last. */
export function lagsOf(steps: number): number[] {
  const lags: number[] = []
  for (let lag = 0; lag < steps; lag = lag < denseLags ? lag + 1 : Math.max(lag + 1, Math.round(lag * lagGrowth))) lags.push(lag)
  if (steps > 0 && lags.at(-1) !== steps - 1) lags.push(steps - 1)
  return lags
}

/**
 * Root mean square over the sequences that reach so far back, over √H; ends where none does, null where it overflowed.
 * @param gradient [steps, rows, size]: step T − k of a row is k steps before its own end, in reverse step k
 */
function flowByLag(gradient: Float32Array, lengths: Int32Array, { size, reverse }: Probed, lags: readonly number[]): (number | null)[] {
  const rows = lengths.length
  const found: (number | null)[] = []
  for (const lag of lags) {
    let [sum, count] = [0, 0]
    for (const [row, length] of lengths.entries()) {
      if (lag >= length) continue
      const from = ((reverse ? lag : length - 1 - lag) * rows + row) * size
      for (let at = from; at < from + size; at++) sum += gradient[at]! ** 2
      count++
    }
    if (count === 0) break
    const norm = Math.sqrt(sum / count / size)
    found.push(Number.isFinite(norm) ? Number(norm.toPrecision(5)) : null)
  }
  return found
}

/**
 * Two figures of a look, of the last layer (of pairs the decoder's), forward.
 * @returns reach: steps back until the norm has fallen to 1/e, the time constant of an exponential decay; the longest lag where
 *          it never does. through: the norm at the longest lag, ∂h_T/∂h_0.
 */
export function flowFigures({ lags, flow }: GradientFlowLine): { gradReach?: number; gradThrough?: number } {
  const name = Object.keys(flow).filter((each) => /(^|\.)h_l\d+$/.test(each)).at(-1)
  const norms = name === undefined ? [] : flow[name]!
  const last = norms.at(-1)
  if (last === undefined || last === null) return {}
  const limit = Math.exp(-1)
  const below = norms.findIndex((norm) => norm !== null && norm < limit)
  if (below <= 0) return { gradReach: lags[norms.length - 1]!, gradThrough: last }
  const [before, after] = [norms[below - 1] ?? limit, norms[below]!]
  // Between two lags along the straight line of a logarithmic picture.
  const share = after > 0 ? Math.log(before / limit) / Math.log(before / after) : 1
  return { gradReach: Number((lags[below - 1]! + share * (lags[below]! - lags[below - 1]!)).toPrecision(5)), gradThrough: last }
}
