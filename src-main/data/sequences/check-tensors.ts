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
}

type TensorsSpec = Extract<DataSpec, { kind: 'tensors' }>

/** Everything the engine takes for granted about x, y and lengths. */
export function checkTensors(tensors: Record<string, FileTensor>, spec: TensorsSpec, task: TaskSpec, path: string): CheckedTensors {
  const refuse = (parameter: string, message: string, hint = 'Correct the tensor where the file is made.') =>
    new UnrollError('dataset.tensors', `${basename(path)}: ${message}`, { hint, where: { file: path, parameter } })
  const need = (name: string): FileTensor => {
    const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined
    if (!tensor) throw refuse(name, `there is no tensor "${name}"; it has ${Object.keys(tensors).map((key) => `"${key}"`).join(', ') || 'none'}.`, 'Save the inputs as "x" and the targets as "y".')
    return tensor
  }
  const shape = (tensor: FileTensor) => `${tensor.dtype} [${tensor.shape.join(', ')}]`
  const whole = (tensor: FileTensor) => tensor.dtype === 'I32' || tensor.dtype === 'I64'
  const real = (tensor: FileTensor) => tensor.dtype === 'F32' || tensor.dtype === 'F64'

  const x = need('x')
  const tokens = whole(x)
  if (!(tokens && x.shape.length === 2) && !(real(x) && x.shape.length === 3)) throw refuse('x', `"x" must be F32 [N, T, I] or I32 [N, T]; it is ${shape(x)}.`)
  const [count, steps] = x.shape as [number, number]
  if (x.shape.some((side) => side === 0)) throw refuse('x', `"x" is ${shape(x)}: it has no elements.`)

  const y = need('y')
  const everyStep = task.output === 'every-step'
  const classes = task.loss === 'cross-entropy'
  const leading = everyStep ? [count, steps] : [count]
  const expected = `${classes ? 'I32' : 'F32'} [${leading.join(', ')}${classes ? '' : ', O'}]`
  const agrees = (classes ? whole(y) : real(y)) && y.shape.length === leading.length + (classes ? 0 : 1) && leading.every((side, index) => y.shape[index] === side)
  if (!agrees || y.data.length === 0) throw refuse('y', `"y" must be ${expected} for task.output "${task.output}" and task.loss "${task.loss}"; it is ${shape(y)}.`)

  let lengths: Int32Array | null = null
  if (Object.hasOwn(tensors, 'lengths')) {
    const given = need('lengths')
    if (!whole(given) || given.shape.length !== 1 || given.shape[0] !== count) throw refuse('lengths', `"lengths" must be I32 [${count}]; it is ${shape(given)}.`)
    lengths = toInts(given)
    const bad = lengths.findIndex((length) => length < 1 || length > steps)
    if (bad >= 0) throw refuse('lengths', `lengths[${bad}] is ${given.data[bad]}; it must lie in 1 to ${steps}, the steps of "x".`)
  }

  const bounds = { steps, lengths }
  const inputs = tokens ? toInts(x) : toFloats(x)
  const targets = classes ? toInts(y) : toFloats(y)
  const inputSize = inputs instanceof Int32Array ? sizeOf('x', inputs, spec.vocabulary, 'data.vocabulary', bounds, true) : x.shape[2]!
  const outputSize = targets instanceof Int32Array ? sizeOf('y', targets, spec.classes, 'data.classes', bounds, everyStep) : y.shape.at(-1)!
  for (const [name, array] of [['x', inputs], ['y', targets]] as const) {
    const bad = array instanceof Float32Array ? array.findIndex((value) => !Number.isFinite(value)) : -1
    if (bad >= 0) throw refuse(name, `element ${bad} of "${name}" is ${array[bad]}; finite float32 numbers were expected.`)
  }
  return { count, steps, inputSize, outputSize, everyStep, x: inputs, y: targets, lengths }

  /** Number of distinct ids: what the experiment says, else the largest plus one. Impossible ids past a sequence's end become 0. */
  function sizeOf(name: string, ids: Int32Array, stated: number | undefined, key: string, { steps: T, lengths: valid }: typeof bounds, stepwise: boolean): number {
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
