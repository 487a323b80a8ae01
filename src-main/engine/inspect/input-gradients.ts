import { UnrollError } from '@shared/errors'
import type { Backend } from '../backends/backend'
import type { StackPrefix } from '../bptt/programs'
import { compileStretch, inputWidth, rowsOf, stepsOf, type Stretch } from './stretch-program'
import type { Work } from './work'

/** Which number of y_t is followed back: a column, what really came next, the likeliest, or the loss. */
export type Followed = { kind: 'column'; column: number } | { kind: 'target' } | { kind: 'likeliest' } | { kind: 'loss' }

export interface InputGradients {
  /** Steps of outputs and of inputs. */
  outputs: number
  inputs: number
  /** ‖∂y_t/∂x_s‖₂, [outputs, inputs]; over the embedding, the one-hot token or the numbers of x_s. */
  norms: Float32Array
  /** (∂y_t/∂x_s)·x_s, what x_s adds to y_t to first order, [outputs, inputs]. */
  signed: Float32Array
  /** For each state by name: ‖∂y_t/∂h_s‖₂, [outputs, steps of its stack]. */
  states: Record<string, Float32Array>
}

/** Numbers of one batch's gradients. */
const mostNumbers = 2 ** 23

/**
 * How much each output depends on each input and each state before it, by BPTT from single outputs: the output at row b's own
 * step alone has a gradient, so that one pass serves a whole batch of outputs.
 *   ∂y_t/∂x_s for s ≤ t; in reverse also for s > t. Of encoder and decoder x is the source, y what the decoder predicts.
 * @param steps the outputs followed, counted from the stretch's start (of pairs in the target)
 * @see "connectivity": Madsen 2019, "Visualizing memorization in RNNs", distill.pub/2019/memorization-in-rnns
 */
export async function inputGradients(backend: Backend, stretch: Stretch, steps: readonly number[], followed: Followed, work: Work): Promise<InputGradients> {
  const { network: { outputSize, output, model, inputSize } } = stretch
  const [inputs, own] = [stepsOf(stretch), output === 'sequence' ? stretch.input.decoder!.length : stepsOf(stretch)]
  const first: StackPrefix = output === 'sequence' ? 'encoder.' : ''
  const width = stretch.input.kind === 'values' ? inputSize : model.embeddingSize ?? inputSize
  const batch = Math.max(1, Math.min(steps.length, Math.floor(mostNumbers / (inputs * Math.max(width, outputSize, model.hiddenSize * model.layers * 2)))))
  const names = new Map<string, string>()
  const program = await compileStretch(backend, stretch, batch, (ops, pass) => {
    const gradient = ops.sequenceInput('gradient', own, batch, outputSize)
    const results: Record<string, Parameters<typeof ops.slot>[0]> = { outputs: pass.outputs }
    const back = pass.lookBack(gradient)
    for (const [index, [prefix, { input, states }]] of back.entries()) {
      if (prefix === first) {
        results['input'] = input!
        const embedded = pass.stacks[index]![1].embedded
        if (embedded) results['embedded'] = embedded
      }
      for (const [at, { layer, direction }] of pass.stacks[index]![1].cells.entries()) {
        const name = `${prefix}h_l${layer}${direction.suffix}`
        results[name] = states[at]![0]!
        names.set(name, prefix)
      }
    }
    return { results }
  })
  const found: InputGradients = { outputs: steps.length, inputs, norms: new Float32Array(steps.length * inputs), signed: new Float32Array(steps.length * inputs), states: {} }
  try {
    const none = new Float32Array(own * batch * outputSize)
    const outputs = stretch.outputs ?? firstRow((await program.run({ gradient: none }, work))['outputs']!, batch, outputSize)
    for (let from = 0; from < steps.length; from += batch) {
      const rows = steps.slice(from, from + batch)
      none.fill(0)
      for (const [row, step] of rows.entries()) setSeed(none, stretch, followed, step, (step * batch + row) * outputSize, outputs, step * outputSize)
      const back = await program.run({ gradient: none }, work)
      for (const [row] of rows.entries()) takeInput(found, stretch, back, { row, batch, width, at: from + row })
      for (const name of names.keys()) {
        const count = names.get(name) === 'decoder.' ? own : inputs
        const all = found.states[name] ??= new Float32Array(steps.length * count)
        const size = back[name]!.length / count / batch
        for (const [row] of rows.entries()) for (let step = 0; step < count; step++) all[(from + row) * count + step] = norm(back[name]!, (step * batch + row) * size, size)
      }
      await work.step(Math.min(steps.length, from + batch), steps.length)
    }
    return found
  } finally {
    program.dispose()
  }
}

function takeInput(found: InputGradients, stretch: Stretch, back: Record<string, Float32Array>, { row, batch, width, at }: { row: number; batch: number; width: number; at: number }): void {
  const x = rowsOf(stretch)
  const own = inputWidth(stretch)
  const [gradient, embedded] = [back['input']!, back['embedded']]
  for (let step = 0; step < found.inputs; step++) {
    const from = (step * batch + row) * width
    found.norms[at * found.inputs + step] = norm(gradient, from, width)
    let sum = 0
    if (embedded) for (let column = 0; column < width; column++) sum += gradient[from + column]! * embedded[from + column]!
    else if (stretch.input.kind === 'tokens') sum = gradient[from + x[step]!]!
    else for (let column = 0; column < width; column++) sum += gradient[from + column]! * x[step * own + column]!
    found.signed[at * found.inputs + step] = sum
  }
}

/** Row 0 of [steps, batch, width]. */
function firstRow(values: Float32Array, batch: number, width: number): Float32Array {
  const steps = values.length / batch / width
  const own = new Float32Array(steps * width)
  for (let step = 0; step < steps; step++) own.set(values.subarray(step * batch * width, (step * batch + 1) * width), step * width)
  return own
}

/** ∂(what is followed)/∂y_t into `gradient` from `to` on; y_t stands in `y` from `at` on. */
function setSeed(gradient: Float32Array, { network: { outputSize }, input: { targets }, from }: Stretch, followed: Followed, step: number, to: number, y: Float32Array, at: number): void {
  const own = y.subarray(at, at + outputSize)
  if (followed.kind === 'column') {
    if (followed.column >= outputSize) throw new UnrollError('inspect.no-column', `Column ${followed.column} of y was asked for, but it has ${outputSize}.`)
    gradient[to + followed.column] = 1
    return
  }
  const likeliest = own.reduce((best, value, column) => (value > own[best]! ? column : best), 0)
  if (followed.kind === 'likeliest') {
    gradient[to + likeliest] = 1
    return
  }
  if (targets?.kind === 'classes') {
    const target = targets.ids[from + step] ?? -1
    if (target < 0) {
      // Nothing is expected there: what the network itself finds likeliest stands in.
      gradient[to + likeliest] = 1
      return
    }
    if (followed.kind === 'target') {
      gradient[to + target] = 1
      return
    }
    const largest = own[likeliest]!
    const sum = own.reduce((total, value) => total + Math.exp(value - largest), 0)
    own.forEach((value, column) => { gradient[to + column] = Math.exp(value - largest) / sum - (column === target ? 1 : 0) })
    return
  }
  for (let column = 0; column < outputSize; column++) {
    const difference = own[column]! - (targets?.values[(from + step) * outputSize + column] ?? NaN)
    gradient[to + column] = followed.kind === 'target' || Number.isNaN(difference) ? (column === 0 ? 1 : 0) : 2 * difference / outputSize
  }
}

function norm(values: Float32Array, from: number, count: number): number {
  let sum = 0
  for (let at = from; at < from + count; at++) sum += values[at]! ** 2
  return Math.sqrt(sum)
}

/** The mean over outputs of how much the input k steps before counts, k = 0 …; NaN where no output has one. */
export function byLag({ outputs, inputs, norms }: Pick<InputGradients, 'outputs' | 'inputs' | 'norms'>, steps: readonly number[]): Float32Array {
  const [sums, counts] = [new Float64Array(inputs), new Int32Array(inputs)]
  for (let output = 0; output < outputs; output++) {
    for (let lag = 0; lag <= steps[output]! && lag < inputs; lag++) {
      sums[lag]! += norms[output * inputs + steps[output]! - lag]!
      counts[lag]!++
    }
  }
  return Float32Array.from(sums, (sum, lag) => (counts[lag]! > 0 ? sum / counts[lag]! : NaN))
}
