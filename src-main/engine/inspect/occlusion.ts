import type { Backend } from '../backends/backend'
import { inputNames } from '../bptt/programs'
import { lossOfStep } from './step-losses'
import { compileStretch, inputWidth, rowsOf, stepsOf, type Stretch } from './stretch-program'
import type { Work } from './work'

export interface Occlusion {
  outputs: number
  inputs: number
  /**
   * How much the loss at step t grows when x_s is taken away, [inputs, outputs]; without a target there, how far y_t moves, ‖Δy_t‖₂.
   */
  effects: Float32Array
}

/** What stands where an input was: nothing (zero), or the stretch's mean. */
export type Filling = 'zero' | 'mean'

const mostNumbers = 2 ** 23

/**
 * The sequence read again and again, each time with one input taken away. Tokens are taken away as vectors (their embedding or
 * one-hot row becomes zero or the mean); those of an encoder become the unknown symbol.
 * @see Zeiler & Fergus 2014, who took patches out of pictures
 */
export async function occlusion(backend: Backend, stretch: Stretch, filling: Filling, work: Work): Promise<Occlusion> {
  const { network, input } = stretch
  const { outputSize, output, model } = network
  const inputs = stepsOf(stretch)
  const outputs = output === 'sequence' ? input.decoder!.length : inputs
  const vectors = output === 'sequence' ? null : vectorsOf(stretch)
  const width = vectors?.width ?? 1
  const batch = Math.max(2, Math.min(inputs + 1, 128, Math.floor(mostNumbers / (inputs * Math.max(width, outputSize)))))
  const program = await compileStretch(backend, stretch, batch, (_ops, pass) => ({ results: { outputs: pass.outputs } }),
    vectors ? { input: 'values', inputSize: vectors.width, model: { ...model, embeddingSize: null } } : { input: 'tokens' })
  const effects = new Float32Array(inputs * outputs)
  const plain = vectors?.values ?? rowsOf(stretch) as Int32Array
  const filler = vectors ? fillerOf(vectors, filling) : Int32Array.of(0)
  try {
    const x = plain instanceof Int32Array ? new Int32Array(inputs * batch) : new Float32Array(inputs * batch * width)
    // Row 0 stays whole: what the others are held against.
    for (let from = 0; from < inputs; from += batch - 1) {
      const count = Math.min(batch - 1, inputs - from)
      for (let step = 0; step < inputs; step++) for (let row = 0; row < batch; row++) x.set(plain.subarray(step * width, (step + 1) * width), (step * batch + row) * width)
      for (let row = 1; row <= count; row++) x.set(filler, ((from + row - 1) * batch + row) * width)
      const { outputs: y } = await program.run({ [inputNames.x]: x }, work)
      for (let row = 1; row <= count; row++) for (let step = 0; step < outputs; step++) effects[(from + row - 1) * outputs + step] = effect(y!, stretch, step, (step * batch + row) * outputSize, step * batch * outputSize)
      await work.step(from + count, inputs)
    }
    return { outputs, inputs, effects }
  } finally {
    program.dispose()
  }
}

function effect(y: Float32Array, { network: { outputSize }, input: { targets }, from }: Stretch, step: number, changed: number, plain: number): number {
  const loss = targets ? lossOfStep(y, changed, outputSize, targets, from + step) - lossOfStep(y, plain, outputSize, targets, from + step) : NaN
  if (!Number.isNaN(loss)) return loss
  let sum = 0
  for (let column = 0; column < outputSize; column++) sum += (y[changed + column]! - y[plain + column]!) ** 2
  return Math.sqrt(sum)
}

/** x_t as vectors: the embedding, the one-hot token, or the numbers themselves. */
export function vectorsOf(stretch: Stretch): { values: Float32Array; width: number } {
  const { network: { model, inputSize, weights }, input } = stretch
  const own = rowsOf(stretch)
  if (input.kind === 'values') return { values: own as Float32Array, width: inputWidth(stretch) }
  const table = model.embeddingSize === null ? null : weights['embedding.weight']!.data
  const width = model.embeddingSize ?? inputSize
  const values = new Float32Array(own.length * width)
  own.forEach((token, step) => {
    if (table) values.set(table.subarray(token * width, (token + 1) * width), step * width)
    else values[step * width + token] = 1
  })
  return { values, width }
}

function fillerOf({ values, width }: { values: Float32Array; width: number }, filling: Filling): Float32Array {
  const filler = new Float32Array(width)
  if (filling === 'zero') return filler
  const steps = values.length / width
  values.forEach((value, at) => { filler[at % width]! += value / steps })
  return filler
}
