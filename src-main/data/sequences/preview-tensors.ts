import { UnrollError } from '@shared/errors'
import { tensorsDataSchema } from '@shared/experiment/data/tensors'
import type { TaskSpec } from '@shared/experiment/schema'
import type { TensorsOptions, TensorsPreview } from '@shared/rpc/schemas'
import { countedLengths, lengthsOf } from '../lengths'
import type { ReadOptions } from '../prepared-dataset'
import { checkTensors, type CheckedTensors } from './check-tensors'
import { wholeFile } from './prepare-tensors'
import type { FileTensor, TensorReader } from './tensor-reader'

const shownNumbers = 8
const shownExamples = 3
const shownSteps = 60
const mostClasses = 200

type Tensors = Readonly<Record<string, FileTensor>>
type Chosen = TensorsPreview['chosen']

/**
 * What an import of a file of arrays would give: the arrays, which of them is what, and what follows. Roles that don't go
 * together are no error but a `problem`, so that they can be corrected.
 * @throws UnrollError `format.*`, `file.*`, `dataset.too-large`, `import.cancelled`
 */
export async function previewTensors(path: string, options: TensorsOptions, read: TensorReader, reading: ReadOptions = {}): Promise<TensorsPreview> {
  const tensors = read(await wholeFile(path, reading), path)
  const chosen = rolesIn(tensors, options)
  const preview: TensorsPreview = { kind: 'tensors', arrays: Object.entries(tensors).map(described), chosen, problem: null, found: null }
  if (chosen.x === null) return { ...preview, problem: 'No array can be the inputs: whole numbers [N, T] or real numbers [N, T, I] were expected.' }
  const task = taskOf(tensors, chosen)
  try {
    const spec = tensorsDataSchema.parse({ kind: 'tensors', source: path, ...chosen, x: chosen.x, group: chosen.group ?? undefined })
    return { ...preview, found: foundIn(checkTensors(tensors, spec, task, path), task) }
  } catch (error) {
    if (!(error instanceof UnrollError) || error.code !== 'dataset.tensors') throw error
    return { ...preview, problem: error.message }
  }
}

const isWhole = ({ dtype }: FileTensor) => dtype === 'I32' || dtype === 'I64'
const isReal = ({ dtype }: FileTensor) => dtype === 'F32' || dtype === 'F64'
const fitsInputs = (tensor: FileTensor) => (isWhole(tensor) && tensor.shape.length === 2) || (isReal(tensor) && tensor.shape.length === 3)

const says = {
  x: /^(x|inputs?|data|features|sequences?|tokens|ids|input_ids|x_train|arr_0)$/i,
  y: /^(y|targets?|labels?|outputs?|classes|y_train|arr_1)$/i,
  lengths: /^(lengths?|lens?|seq_?len(gth)?s?|sequence_lengths?)$/i,
}

/** Which array is what: as chosen, else by name, else the largest that can be the inputs and one that goes with it. */
function rolesIn(tensors: Tensors, { x, y, lengths, group }: TensorsOptions): Chosen {
  const all = Object.entries(tensors)
  const size = ([, { data }]: (typeof all)[number]) => data.length
  const named = (pattern: RegExp, from: typeof all) => from.find(([name]) => pattern.test(name))
  const possible = all.filter(([, tensor]) => fitsInputs(tensor))
  const inputs = x === undefined ? (named(says.x, possible) ?? possible.sort((a, b) => size(b) - size(a))[0])?.[0] ?? null : x
  const count = inputs === null ? undefined : tensors[inputs]?.shape[0]
  const rest = all.filter(([name, { shape }]) => name !== inputs && shape[0] === count)
  const isLengths = ([, tensor]: (typeof all)[number]) => isWhole(tensor) && tensor.shape.length === 1
  const ends = lengths === undefined ? named(says.lengths, rest.filter(isLengths))?.[0] ?? null : lengths
  const targets = y === undefined ? (named(says.y, rest) ?? rest.find(([name]) => name !== ends && name !== group))?.[0] ?? null : y
  return { x: inputs, y: targets, lengths: ends, group: group ?? null }
}

/** What the arrays can be asked: whole numbers are classes; a target a step where it has the inputs' steps. */
export function taskOf(tensors: Tensors, { x, y }: Pick<Chosen, 'x' | 'y'>): TaskSpec {
  const inputs = x === null ? undefined : tensors[x]
  const targets = y === null ? undefined : tensors[y]
  if (targets === undefined) return { output: 'every-step', loss: inputs !== undefined && isWhole(inputs) ? 'cross-entropy' : 'mse' }
  const classes = isWhole(targets)
  const stepwise = targets.shape.length === (classes ? 2 : 3) && targets.shape[1] === inputs?.shape[1]
  return { output: stepwise ? 'every-step' : 'last-step', loss: classes ? 'cross-entropy' : 'mse' }
}

function described([name, { dtype, shape, data }]: [string, FileTensor]): TensorsPreview['arrays'][number] {
  let [min, max] = [Infinity, -Infinity]
  for (let at = 0; at < data.length; at++) {
    const value = Number(data[at])
    if (value < min) min = value
    if (value > max) max = value
  }
  const finite = (value: number) => (Number.isFinite(value) ? value : null)
  return { name, type: dtype, shape, min: finite(min), max: finite(max), first: Array.from({ length: Math.min(shownNumbers, data.length) }, (_, at) => Number(data[at])) }
}

function foundIn(checked: CheckedTensors, { output, loss }: TaskSpec): NonNullable<TensorsPreview['found']> {
  const { count, steps, inputSize, outputSize, x, y, lengths, everyStep } = checked
  const classes = loss === 'cross-entropy'
  const width = x.length / count / steps
  const cell = (array: Float32Array | Int32Array, from: number, size: number) => Array.from(array.subarray(from, from + size), (value) => (array instanceof Int32Array ? String(value) : value.toPrecision(3))).join(' ')
  const targetWidth = y.length / count / (everyStep ? steps : 1)
  return {
    count, steps, inputSize, outputSize, tokens: x instanceof Int32Array, classes, output: output === 'every-step' ? 'every-step' : 'last-step',
    lengths: lengths && lengthsOf(countedLengths(lengths)),
    balance: y instanceof Int32Array && !everyStep ? balanceOf(y) : null,
    examples: Array.from({ length: Math.min(shownExamples, count) }, (_, row) => {
      const shown = Math.min(shownSteps, lengths?.[row] ?? steps)
      return {
        inputs: Array.from({ length: shown }, (__, step) => cell(x, (row * steps + step) * width, width)),
        targets: everyStep ? Array.from({ length: shown }, (__, step) => cell(y, (row * steps + step) * targetWidth, targetWidth)) : [cell(y, row * targetWidth, targetWidth)],
      }
    }),
  }
}

function balanceOf(y: Int32Array): NonNullable<NonNullable<TensorsPreview['found']>['balance']> {
  const list = [...countedLengths(y)].map(([id, count]) => ({ name: String(id), count })).sort((a, b) => b.count - a.count)
  return { total: list.length, list: list.slice(0, mostClasses) }
}
