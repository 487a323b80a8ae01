import { readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { UnrollError } from '@shared/errors'
import { initKinds } from '@shared/experiment/model-schema'
import type { Experiment } from '@shared/experiment/schema'
import { weightSpecs, type WeightSpec } from '@shared/model/weights'
import type { Weights } from '../../engine/training/types'
import { readSafetensors, toWeights } from '../../formats/safetensors'

/**
 * The weights `model.init` names, when it names a file.
 * @param folder what the file's path is relative to
 * @throws UnrollError `init.not-found`, `init.unreadable`, `shape.mismatch` naming the tensor, its shape and the one expected
 */
export async function initialWeights({ model, task }: Pick<Experiment, 'model' | 'task'>, inputSize: number, outputSize: number, folder: string): Promise<Weights | undefined> {
  if (!model.init.endsWith('.safetensors')) {
    if ((initKinds as readonly string[]).includes(model.init)) return undefined
    throw new UnrollError('init.unknown', `model.init: expected ${initKinds.join(', ')} or a .safetensors file, found "${model.init}".`, { where: { parameter: 'model.init' } })
  }
  const file = isAbsolute(model.init) ? model.init : join(folder, model.init)
  const weights = await read(file)
  checkWeights(weights, weightSpecs(model, inputSize, outputSize, task.output), file)
  return weights
}

/** @throws UnrollError `shape.mismatch`, `init.missing-tensor`, `init.unknown-tensor` */
export function checkWeights(weights: Weights, specs: readonly WeightSpec[], file: string): void {
  const names = new Set(specs.map((spec) => spec.name))
  const where = { file }
  for (const { name, shape } of specs) {
    const found = weights[name]
    if (found === undefined) {
      throw new UnrollError('init.missing-tensor', `${file} has no tensor "${name}"; this model needs ${[...names].join(', ')}.`, {
        hint: 'Give a file whose tensors have PyTorch\'s names for this cell and number of layers.', where: { ...where, parameter: name },
      })
    }
    if (found.shape.length !== shape.length || found.shape.some((side, at) => side !== shape[at])) {
      throw new UnrollError('shape.mismatch', `${file}: "${name}" has the shape [${found.shape.join(', ')}]; this model and data need [${shape.join(', ')}].`, {
        hint: 'Make model.hiddenSize and the data agree with the file, or start from "default".', where: { ...where, parameter: name },
      })
    }
    const wrong = found.data.findIndex((value) => !Number.isFinite(value))
    if (wrong >= 0) throw new UnrollError('numeric.non-finite', `${file}: "${name}" holds ${found.data[wrong]} at element ${wrong}; weights must be finite.`, { where: { ...where, parameter: name } })
  }
  const unknown = Object.keys(weights).find((name) => !names.has(name))
  if (unknown !== undefined) {
    throw new UnrollError('init.unknown-tensor', `${file} has a tensor "${unknown}" that this model has no place for; it needs ${[...names].join(', ')}.`, {
      hint: 'Check model.cell, model.layers and model.bidirectional against the file.', where: { ...where, parameter: unknown },
    })
  }
}

async function read(file: string): Promise<Weights> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (cause) {
    throw new UnrollError('init.not-found', `model.init: the file ${file} can't be opened.`, { hint: 'The path is relative to the experiment file.', where: { file }, cause })
  }
  try {
    return toWeights(readSafetensors(bytes))
  } catch (cause) {
    throw new UnrollError('init.unreadable', `model.init: ${file} isn't readable as weights: ${cause instanceof Error ? cause.message : String(cause)}`, { where: { file }, cause })
  }
}
