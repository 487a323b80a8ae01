import { UnrollError } from '@shared/errors'
import type { ProgramInputs } from '../backend'
import { sizeError, type TokensInput } from './tensors'
import type { GpuVariable } from './variable'

/** One argument of the pipeline, and how its values are made at each run. */
export interface Argument {
  readonly elements: number
  /** Whose values it is, if not the caller's: those when the run's turn comes, not when it is asked for. */
  readonly variable?: GpuVariable
  values(given: ProgramInputs): Float32Array
}

export function floatsArgument(name: string, elements: number): Argument {
  return { elements, values: (given) => Float32Array.from(sized(given, name, elements)) }
}

/** Kernels read float32 only; integers below 2^24 are exact in it. */
export function lengthsArgument(name: string, elements: number): Argument {
  return { elements, values: (given) => Float32Array.from(sized(given, name, elements)) }
}

export function tokensArgument(input: TokensInput, elements: number): Argument {
  return {
    elements,
    values(given) {
      const ids = sized(given, input.name, elements)
      const wrong = ids.findIndex((id) => !(id >= 0 && id < input.below))
      if (wrong !== -1) {
        throw new UnrollError('shape.token', `Token ids of "${input.name}" must be 0 to ${input.below - 1}, found ${ids[wrong]} at place ${wrong}.`, { where: { parameter: input.name } })
      }
      return Float32Array.from(ids)
    },
  }
}

/** Places of a token input's elements, sorted by token id. */
export function tokenOrderArgument(input: TokensInput, elements: number, vocabulary: number): Argument {
  return {
    elements,
    values(given) {
      const ids = given[input.name]!
      const next = startsOf(ids, vocabulary)
      const order = new Float32Array(elements)
      for (let place = 0; place < elements; place++) order[next[ids[place]!]!++] = place
      return order
    },
  }
}

/** Where each token's places start in the sorted order, [vocabulary + 1]. */
export function tokenStartsArgument(input: TokensInput, vocabulary: number): Argument {
  return { elements: vocabulary + 1, values: (given) => Float32Array.from(startsOf(given[input.name]!, vocabulary)) }
}

export function variableArgument(variable: GpuVariable): Argument {
  return { elements: variable.elements, variable, values: () => variable.values }
}

function startsOf(ids: Float32Array | Int32Array, vocabulary: number): Uint32Array {
  const starts = new Uint32Array(vocabulary + 1)
  for (const id of ids) starts[id + 1]!++
  for (let token = 0; token < vocabulary; token++) starts[token + 1]! += starts[token]!
  return starts
}

function sized(given: ProgramInputs, name: string, elements: number): Float32Array | Int32Array {
  const values = given[name]
  if (values?.length !== elements) throw sizeError(`Input "${name}"`, name, elements, values?.length ?? 0)
  return values
}

/** Inputs are copied at once; variables are read when their turn comes. */
export function snapshot(args: readonly Argument[], inputs: ProgramInputs): (() => Float32Array)[] {
  return args.map((arg) => {
    if (arg.variable) return () => arg.values(inputs)
    const values = arg.values(inputs)
    return () => values
  })
}
