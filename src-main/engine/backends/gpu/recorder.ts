import { elements } from '@shared/model/weights'
import { UnrollError } from '@shared/errors'
import type { Ops, Traced } from '../backend'
import { copy } from './kernels/copy'
import { floatsArgument, lengthsArgument, tokenOrderArgument, tokensArgument, tokenStartsArgument, variableArgument, type Argument } from './inputs'
import { largestBuffer } from './kernel-types'
import { packedSequence, wholeTensor } from './made'
import { attentionOps } from './ops-attention'
import { elmanOps, fill } from './ops-elman'
import { gatedOps } from './ops-gated'
import { linearOps, type TokenOrder } from './ops-linear'
import { lossOps } from './ops-losses'
import { optimizerOps } from './ops-optimizers'
import { shapingOps } from './ops-shaping'
import { Plan, type Buffer } from './plan'
import { PackedStore, SlotStore } from './sequence-store'
import { expectShape, GpuLengths, GpuSequence, GpuTensor, gpuTensor, GpuTokens, type TokensInput } from './tensors'
import { GpuVariable } from './variable'

/** A traced program: what it reads, the kernels it calls, what is read back. */
export interface Recording {
  readonly plan: Plan
  readonly args: readonly Argument[]
  readonly results: readonly { readonly name: string; readonly buffer: Buffer }[]
  readonly assign: readonly { readonly variable: GpuVariable; readonly buffer: Buffer }[]
  readonly guard: readonly string[]
  /** What is to be had from a run, each once; and of each result and assignment, which of these it is. */
  readonly reads: readonly Buffer[]
  readonly resultReads: readonly number[]
  readonly assignReads: readonly number[]
}

/** Traces `build`, with the kernels' own checks of shapes. */
export function record(build: (ops: Ops) => Traced): Recording {
  const plan = new Plan()
  const args: Argument[] = []
  const names = new Set<string>()
  const variables = new Map<GpuVariable, Buffer>()
  const orders = new Map<string, { order: Buffer; starts: Buffer }>()

  const argument = (made: Argument): Buffer => {
    args.push(made)
    return { kind: 'input', index: args.length - 1, elements: made.elements }
  }
  const named = (name: string, made: Argument): Buffer => {
    if (names.has(name)) throw new UnrollError('internal.input', `Two inputs of a program are called "${name}".`)
    names.add(name)
    return argument(made)
  }

  const tokenOrder: TokenOrder = (input, size, vocabulary) => {
    const key = `${vocabulary} ${input.name}`
    let found = orders.get(key)
    if (!found) {
      found = { order: argument(tokenOrderArgument(input, size, vocabulary)), starts: argument(tokenStartsArgument(input, vocabulary)) }
      orders.set(key, found)
    }
    return found
  }

  const ops: Ops = {
    input: (name, shape) => wholeTensor(shape, named(name, floatsArgument(name, elements(shape)))),
    sequenceInput(name, steps, batch, width) {
      return packedSequence(named(name, floatsArgument(name, steps * batch * width)), steps, batch, width)
    },
    tokensInput(name, steps, batch) {
      const input: TokensInput = { name, below: largestBuffer }
      return new GpuTokens(named(name, tokensArgument(input, steps * batch)), input, steps, batch)
    },
    lengthsInput: (name, batch) => new GpuLengths(named(name, lengthsArgument(name, batch)), batch),
    variable(variable) {
      if (!(variable instanceof GpuVariable)) throw new UnrollError('internal.foreign-handle', `The variable "${variable.name}" belongs to another backend.`)
      let buffer = variables.get(variable)
      if (!buffer) variables.set(variable, buffer = argument(variableArgument(variable)))
      return wholeTensor(variable.shape, buffer)
    },
    sequence: (steps, batch, width) => new GpuSequence(new SlotStore(plan, steps, batch * width), steps, batch, width),
    slot: (sequence, step) => ({ sequence, step }),
    place(tensor, into) {
      const { view } = gpuTensor(tensor, 'the tensor placed', [into.sequence.batch, into.sequence.width])
      fill(into, view, into.sequence.batch, into.sequence.width)
    },
    single(tensor) {
      const { shape, view } = gpuTensor(tensor, 'the tensor of a single step')
      return new GpuSequence(new PackedStore(view, elements(shape)), 1, shape[0]!, shape[1]!)
    },
    ...linearOps(plan, tokenOrder),
    ...elmanOps(plan),
    ...gatedOps(plan),
    ...shapingOps(plan, tokenOrder),
    ...attentionOps(plan),
    ...lossOps(plan),
    ...optimizerOps(plan),
  }

  const traced = build(ops)
  /** Only what a kernel wrote, and wrote wholly, can be read back. */
  const readable = (handle: unknown, what: string): Buffer => {
    if (!(handle instanceof GpuTensor || handle instanceof GpuSequence)) throw new UnrollError('internal.foreign-handle', `${what} belongs to another backend.`)
    const size = handle instanceof GpuTensor ? elements(handle.shape) : handle.steps * handle.batch * handle.width
    const { buffer, offset } = handle.view
    if (buffer.kind === 'output' && offset === 0 && buffer.elements === size) return buffer
    return plan.call(copy, size, [buffer, offset])
  }
  const results = Object.entries(traced.results).map(([name, handle]) => ({ name, buffer: readable(handle, `The result "${name}"`) }))
  const assign = (traced.assign ?? []).map(([variable, tensor]) => {
    if (!(variable instanceof GpuVariable)) throw new UnrollError('internal.foreign-handle', `The variable "${variable.name}" belongs to another backend.`)
    expectShape(`the new value of ${variable.name}`, tensor.shape, variable.shape)
    return { variable, buffer: readable(tensor, `The new value of "${variable.name}"`) }
  })
  for (const name of traced.guard ?? []) {
    if (!(name in traced.results)) throw new UnrollError('internal.guard', `The guard "${name}" is no result of the program.`)
  }
  const reads = [...new Set([...results, ...assign].map(({ buffer }) => buffer))]
  const places = (all: readonly { buffer: Buffer }[]) => all.map(({ buffer }) => reads.indexOf(buffer))
  return { plan, args, results, assign, guard: traced.guard ?? [], reads, resultReads: places(results), assignReads: places(assign) }
}
