import { UnrollError } from '@shared/errors'
import { elements } from '@shared/model/weights'
import type { Backend, Program, ProgramInputs, Traced, Ops } from '../backends/backend'
import { forwardPass, inputNames, type ForwardPass, type ProgramSpec } from '../bptt/programs'
import { parameterVariables, stateVariables, writeAll } from '../bptt/variables'
import type { LookedInput, LookedNetwork } from './looked-network'
import type { TraceSession } from './trace-session'
import type { Work } from './work'

/** Steps from..to-1 of a sequence and the state before them: what is looked at as a whole, forward and back. */
export interface Stretch {
  network: LookedNetwork
  input: LookedInput
  from: number
  to: number
  /** h and c before `from`, by name; null: zero. */
  start: Record<string, Float32Array> | null
  /** y of the stretch's steps (of pairs, of all of the target's) where it is known already. */
  outputs?: Float32Array
}

/** A stretch of an open trace; a network that has to read its sequence at once gives the whole of it. */
export function stretchOf(session: TraceSession, from: number, to: number): Stretch {
  const { network, input } = session
  const whole = network.model.bidirectional || network.output === 'sequence'
  const [first, last] = whole ? [0, session.steps] : [Math.max(0, from), Math.min(to, session.steps)]
  if (last <= first) throw new UnrollError('inspect.past-the-end', `Steps ${from} to ${to} were asked for, but there are ${session.steps}.`)
  const states = session.tensors.filter((spec) => session.isState(spec))
  const start = first === 0 ? null : Object.fromEntries(states.map(({ name, width }) => [name, session.state(name).slice((first - 1) * width, first * width)]))
  return { network, input, from: first, to: last, start }
}

export const stepsOf = ({ from, to }: Stretch): number => to - from

/** Width of a row of x. */
export const inputWidth = ({ input, network }: Stretch): number => (input.kind === 'tokens' ? 1 : network.inputSize)

/** The stretch's own part of x. */
export function rowsOf(stretch: Stretch): Int32Array | Float32Array {
  const width = inputWidth(stretch)
  return stretch.input.x.subarray(stretch.from * width, stretch.to * width)
}

/** The same numbers in each of `batch` rows: [steps, width] → [steps, batch, width]. */
export function repeated<T extends Int32Array | Float32Array>(values: T, width: number, batch: number): T {
  const steps = values.length / width
  const all = (values instanceof Int32Array ? new Int32Array(steps * batch * width) : new Float32Array(steps * batch * width)) as T
  for (let step = 0; step < steps; step++) {
    const own = values.subarray(step * width, (step + 1) * width)
    for (let row = 0; row < batch; row++) all.set(own, (step * batch + row) * width)
  }
  return all
}

/** What a compiled stretch is run with, beside what its builder reads of its own. */
export interface StretchProgram {
  /** @throws UnrollError `run.cancelled` between two kernels */
  run(own: ProgramInputs, work?: Work): Promise<Record<string, Float32Array>>
  dispose(): void
}

/**
 * Compiles a program over a stretch with `batch` rows, each from the same start, all weights in place.
 * @param x what enters instead of the stretch's own x, when a `run` gives none: [steps, batch, width]
 */
export async function compileStretch(backend: Backend, stretch: Stretch, batch: number, build: (ops: Ops, pass: ForwardPass) => Traced, change: Partial<Pick<ProgramSpec['shape'], 'model' | 'input' | 'inputSize'>> = {}): Promise<StretchProgram> {
  const { network: { model, inputSize, outputSize, output, weights }, input } = stretch
  const steps = stepsOf(stretch)
  const shape = {
    model, input: input.kind, inputSize, outputSize, output: output === 'sequence' ? output : 'every-step' as const, steps,
    targetSteps: input.decoder?.length ?? 0, batch, ...change,
  }
  const parameters = parameterVariables(backend, shape.model, shape.inputSize, outputSize, output)
  const states = stateVariables(backend, model, batch)
  writeAll(parameters, weights, 'The weights')
  for (const [name, variable] of states) variable.write(stretch.start ? repeated(stretch.start[name]!, variable.shape[1]!, batch) : new Float32Array(elements(variable.shape)))
  const program: Program = await backend.compile((ops) => build(ops, forwardPass(ops, { shape, parameters, states, carry: false })))
  const fixed: ProgramInputs = {
    [inputNames.lengths]: new Int32Array(batch).fill(steps),
    ...(input.decoder && { [inputNames.decoder]: repeated(input.decoder, 1, batch), [inputNames.targetLengths]: new Int32Array(batch).fill(input.decoder.length) }),
  }
  const x = change.input === undefined ? repeated(rowsOf(stretch), inputWidth(stretch), batch) : null
  return { run: (own, work) => program.run({ ...fixed, ...(x && { [inputNames.x]: x }), ...own }, work && (() => work.cancelled())), dispose: () => { program.dispose() } }
}
