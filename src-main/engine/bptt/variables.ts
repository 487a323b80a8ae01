import { UnrollError } from '@shared/errors'
import type { ModelSpec, TaskSpec } from '@shared/experiment/schema'
import { directionsOf, elements, weightSpecs } from '@shared/model/weights'
import type { Backend, Variable } from '../backends/backend'
import { cellOf } from '../cells'
import type { Weights } from '../training/types'

/** Variables by name, in the order in which they are stored. */
export type Variables = ReadonlyMap<string, Variable>

/** One variable for each weight of the model. */
export function parameterVariables(backend: Backend, model: ModelSpec, inputSize: number, outputSize: number, output: TaskSpec['output'] = 'every-step'): Variables {
  return new Map(weightSpecs(model, inputSize, outputSize, output).map(({ name, shape }) => [name, backend.variable(name, shape)]))
}

/** Names of the states of a model, for each layer and direction those of its cell: `h_l0`, `c_l0`, `h_l0_reverse`, … */
const stateNames = (model: ModelSpec): string[][] => Array.from({ length: model.layers }, (_, layer) =>
  directionsOf(model).map(({ suffix }) => cellOf(model).states.map((state) => `${state}_l${layer}${suffix}`))).flat()

/** The state that flows from window to window: `h_l0` [batch, hidden] and so on, for each layer, direction and state of its cell. */
export function stateVariables(backend: Backend, model: ModelSpec, batch: number): Variables {
  return new Map(stateNames(model).flat().map((name) => [name, backend.variable(`state.${name}`, [batch, model.hiddenSize])]))
}

/** The variables of `stateVariables`, by layer and direction: `l0`, `l0_reverse`, `l1`, … */
export function statesByLayer(model: ModelSpec, states: Variables): Variable[][] {
  return stateNames(model).map((names) => names.map((name) => variableOf(states, name)))
}

export function variableOf(variables: Variables, name: string): Variable {
  const variable = variables.get(name)
  if (variable) return variable
  throw new UnrollError('internal.fault', `There is no variable "${name}".`, { where: { parameter: name } })
}

export function zero(variables: Variables): void {
  for (const variable of variables.values()) variable.write(new Float32Array(elements(variable.shape)))
}

export async function readAll(variables: Variables): Promise<Weights> {
  const read: Weights = {}
  for (const [name, variable] of variables) read[name] = { shape: [...variable.shape], data: await variable.read() }
  return read
}

/**
 * Writes every variable; checks all names and shapes before the first is written.
 * @param what what the tensors are, for the message: "The weights", "The checkpoint's optimizer state"
 * @throws UnrollError `shape.mismatch` naming the tensor, the shape expected and the shape found
 */
export function writeAll(variables: Variables, values: Weights, what: string): void {
  for (const [name, variable] of variables) {
    const found = values[name]
    const expected = `[${variable.shape.join(', ')}]`
    if (!found) {
      throw new UnrollError('shape.mismatch', `${what} should have a tensor "${name}" ${expected}, but there is none.`, {
        hint: `Found: ${Object.keys(values).join(', ') || 'nothing'}. The names are PyTorch's.`, where: { parameter: name },
      })
    }
    if (found.shape.join() !== variable.shape.join() || found.data.length !== elements(variable.shape)) {
      throw new UnrollError('shape.mismatch', `${what} should have "${name}" as ${expected}, but it is [${found.shape.join(', ')}].`, {
        hint: 'The model (cell, hidden size, layers) and the data (vocabulary or columns) must be those the tensors were made for.', where: { parameter: name },
      })
    }
  }
  for (const [name, variable] of variables) variable.write(values[name]!.data)
}
