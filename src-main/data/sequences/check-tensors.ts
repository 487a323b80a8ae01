import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { DataSpec, TaskSpec } from '@shared/experiment/schema'
import type { FileTensor } from './tensor-reader'

export interface CheckedTensors {
  count: number
  steps: number
  /** Vocabulary or width of x_t. */
  inputSize: number
  /** Classes or width of y. */
  outputSize: number
  everyStep: boolean
  x: Float32Array | Int32Array
  y: Float32Array | Int32Array
  lengths: Int32Array | null
  /** The group of each sequence, where `data.group` names an array. */
  groups: string[] | null
}

type TensorsSpec = Extract<DataSpec, { kind: 'tensors' }>

/** Everything the engine takes for granted about x, y and lengths. */
export function checkTensors(tensors: Record<string, FileTensor>, spec: TensorsSpec, task: TaskSpec, path: string): CheckedTensors {
  const refuse = (parameter: string, message: string, hint = 'Correct the tensor where the file is made.') =>
    new UnrollError('dataset.tensors', `${basename(path)}: ${message}`, { hint, where: { file: path, parameter } })
  const need = (name: string, role: 'x' | 'y' | 'lengths' | 'group'): FileTensor => {
    const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined
    if (!tensor) throw refuse(name, `there is no tensor "${name}"; it has ${Object.keys(tensors).map((key) => `"${key}"`).join(', ') || 'none'}.`, `Set data.${role} to one of these, or save it under that name.`)
    return tensor
  }
  const shape = (tensor: FileTensor) => `${tensor.dtype} [${tensor.shape.join(', ')}]`
  const whole = (tensor: FileTensor) => tensor.dtype === 'I32' || tensor.dtype === 'I64'
  const real = (tensor: FileTensor) => tensor.dtype === 'F32' || tensor.dtype === 'F64'

  const x = need(spec.x, 'x')
  const tokens = whole(x)
  if (!(tokens && x.shape.length === 2) && !(real(x) && x.shape.length === 3)) throw refuse('x', `"${spec.x}" must be F32 [N, T, I] or I32 [N, T]; it is ${shape(x)}.`, 'Choose another array for the inputs, or correct it where the file is made.')
  const [count, steps] = x.shape as [number, number]
  if (x.shape.some((side) => side === 0)) throw refuse('x', `"${spec.x}" is ${shape(x)}: it has no elements.`)

  const everyStep = task.output === 'every-step'
  const classes = task.loss === 'cross-entropy'
  if (spec.y === null) return nextSteps()

  const y = need(spec.y, 'y')
  const leading = everyStep ? [count, steps] : [count]
  const expected = `${classes ? 'I32' : 'F32'} [${leading.join(', ')}${classes ? '' : ', O'}]`
  const agrees = (classes ? whole(y) : real(y)) && y.shape.length === leading.length + (classes ? 0 : 1) && leading.every((side, index) => y.shape[index] === side)
  if (!agrees || y.data.length === 0) throw refuse('y', `"${spec.y}" must be ${expected} for task.output "${task.output}" and task.loss "${task.loss}"; it is ${shape(y)}.`)

  const lengths = lengthsOf(steps)
  const bounds = { steps, lengths }
  const inputs = tokens ? toInts(x) : toFloats(x)
  const targets = classes ? toInts(y) : toFloats(y)
  const inputSize = inputs instanceof Int32Array ? sizeOf(spec.x, inputs, spec.vocabulary, 'data.vocabulary', bounds, true) : x.shape[2]!
  const outputSize = targets instanceof Int32Array ? sizeOf(spec.y, targets, spec.classes, 'data.classes', bounds, everyStep) : y.shape.at(-1)!
  checkFinite(spec.x, inputs)
  checkFinite(spec.y, targets)
  return { count, steps, inputSize, outputSize, everyStep, x: inputs, y: targets, lengths, groups: groupsOf() }

  function checkFinite(name: string, array: Float32Array | Int32Array): void {
    const bad = array instanceof Float32Array ? array.findIndex((value) => !Number.isFinite(value)) : -1
    if (bad >= 0) throw refuse(name, `element ${bad} of "${name}" is ${array[bad]}; finite float32 numbers were expected.`)
  }

  /** Optional under its usual name; asked for by another, it has to be there. @param most steps of the inputs */
  function lengthsOf(most: number): Int32Array | null {
    if (spec.lengths === null || (spec.lengths === 'lengths' && !Object.hasOwn(tensors, 'lengths'))) return null
    const given = need(spec.lengths, 'lengths')
    if (!whole(given) || given.shape.length !== 1 || given.shape[0] !== count) throw refuse('lengths', `"${spec.lengths}" must be I32 [${count}]; it is ${shape(given)}.`)
    const lengths = toInts(given)
    const bad = lengths.findIndex((length) => length < 1 || length > most)
    if (bad >= 0) throw refuse('lengths', `${spec.lengths}[${bad}] is ${given.data[bad]}; it must lie in 1 to ${most}, the steps of "${spec.x}".`)
    return lengths
  }

  function groupsOf(): string[] | null {
    if (spec.group === undefined) return null
    const given = need(spec.group, 'group')
    if (!whole(given) || given.shape.length !== 1 || given.shape[0] !== count) throw refuse('group', `"${spec.group}" must be I32 [${count}] to keep sequences together; it is ${shape(given)}.`)
    return Array.from(given.data, String)
  }

  /** Each step's target is the next step of the inputs, so that the last step has none. */
  function nextSteps(): CheckedTensors {
    if (!everyStep || classes !== tokens) throw refuse('y', `without an array of targets each step of "${spec.x}" foretells the next one: task.output has to be "every-step" and task.loss ${tokens ? '"cross-entropy"' : '"mse", "mae" or "huber"'}.`, 'Set them so, or name an array of targets in data.y.')
    const lengths = lengthsOf(steps)?.map((length) => length - 1) ?? null
    const short = lengths?.findIndex((length) => length < 1) ?? -1
    if (steps < 2 || short >= 0) throw refuse('x', `${short >= 0 ? `sequence ${short} of "${spec.x}" has one step` : `"${spec.x}" is ${shape(x)}`}; foretelling the next step takes two at least.`)
    const all = tokens ? toInts(x) : toFloats(x)
    const size = all instanceof Int32Array ? sizeOf(spec.x, all, spec.vocabulary, 'data.vocabulary', { steps, lengths: lengths?.map((length) => length + 1) ?? null }, true) : x.shape[2]!
    checkFinite(spec.x, all)
    const width = tokens ? 1 : size
    const from = (first: number) => {
      const part = tokens ? new Int32Array(count * (steps - 1)) : new Float32Array(count * (steps - 1) * width)
      for (let row = 0; row < count; row++) part.set(all.subarray((row * steps + first) * width, (row * steps + first + steps - 1) * width), row * (steps - 1) * width)
      return part
    }
    return { count, steps: steps - 1, inputSize: size, outputSize: size, everyStep, x: from(0), y: from(1), lengths, groups: groupsOf() }
  }

  /** Number of distinct ids: what the experiment says, else the largest plus one. Impossible ids past a sequence's end become 0. */
  function sizeOf(name: string, ids: Int32Array, stated: number | undefined, key: string, { steps: T, lengths: valid }: { steps: number; lengths: Int32Array | null }, stepwise: boolean): number {
    let most = 0
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index]!
      const impossible = id < 0 || (stated !== undefined && id >= stated)
      if (impossible && stepwise && valid && index % T >= valid[Math.floor(index / T)]!) {
        ids[index] = 0
        continue
      }
      if (impossible) throw refuse(name, `element ${index} of "${name}" is ${id}; it must lie in 0 to ${stated === undefined ? 'the number of ids less one' : `${stated - 1}, by ${key} ${stated}`}.`)
      if (id > most) most = id
    }
    if (stated === undefined && most >= 1_000_000) throw refuse(name, `"${name}" holds the id ${most}; more than a million ids were surely not meant.`)
    return stated ?? most + 1
  }
}

/** I64 beyond 32 bits becomes −1, which every check refuses. */
const toInts = ({ data }: FileTensor): Int32Array => Int32Array.from({ length: data.length }, (_, index) => {
  const value = Number(data[index])
  return value === (value | 0) ? value : -1
})

const toFloats = ({ data }: FileTensor): Float32Array => Float32Array.from({ length: data.length }, (_, index) => Number(data[index]))
