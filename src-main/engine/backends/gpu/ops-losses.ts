import type { Loss, Ops } from '../backend'
import type { KernelSource } from './gpu-js'
import { absoluteErrorGradient } from './kernels/absolute-error-gradient'
import { absoluteErrorRows } from './kernels/absolute-error-rows'
import { crossEntropyGradient } from './kernels/cross-entropy-gradient'
import { crossEntropyHits } from './kernels/cross-entropy-hits'
import { crossEntropyRows } from './kernels/cross-entropy-rows'
import { crossEntropyWeightedGradient } from './kernels/cross-entropy-weighted-gradient'
import { crossEntropyWeightedRows } from './kernels/cross-entropy-weighted-rows'
import { huberGradient } from './kernels/huber-gradient'
import { huberRows } from './kernels/huber-rows'
import { logSumExp } from './kernels/log-sum-exp'
import { scaledSum } from './kernels/scaled-sum'
import { squaredErrorGradient } from './kernels/squared-error-gradient'
import { squaredErrorRows } from './kernels/squared-error-rows'
import { sumParts } from './kernels/sum-parts'
import { packedSequence, wholeTensor } from './made'
import type { Buffer, Plan, View } from './plan'
import { alone, gpuLengths, gpuSequence, gpuTensor, gpuTokens, type GpuTensor } from './tensors'

/** Threads that share a sum, each adding every `parts`-th element: short sums round less and run side by side. */
export function partsOf(elements: number): { parts: number; rounds: number } {
  const parts = Math.min(256, Math.ceil(Math.sqrt(elements)))
  return { parts, rounds: Math.ceil(elements / parts) }
}

export function lossOps(plan: Plan): Pick<Ops, 'crossEntropy' | 'squaredError' | 'absoluteError' | 'huberLoss'> {
  const sum = (values: Buffer, scale: View): GpuTensor => {
    const { elements } = values
    const { parts, rounds } = partsOf(elements)
    const partial = plan.call(sumParts, parts, [values], { integers: { elements, parts, rounds } })
    const total = plan.call(scaledSum, 1, [partial, scale.buffer, scale.offset], { integers: { elements: parts } })
    return wholeTensor([1], total)
  }
  const one: View = { buffer: plan.number(1), offset: 0 }

  /** Losses of output − target, element by element; the score is Σ|error|. */
  const elementwise = (rowsOf: KernelSource, gradientOf: KernelSource, { output, targets, lengths, scale }: Parameters<Ops['squaredError']>[0]): Loss => {
    const { view, steps, batch, width } = gpuSequence(output, 'the output')
    const wanted = gpuSequence(targets, 'the targets', [steps, batch, width]).view
    const factor = gpuTensor(scale, 'the scale', [1]).view
    const common = [view.buffer, view.offset, wanted.buffer, wanted.offset, gpuLengths(lengths, batch)]
    const rows = steps * batch
    const integers = { width, batch }
    const losses = plan.call(rowsOf, rows, common, { integers })
    const errors = rowsOf === absoluteErrorRows ? losses : plan.call(absoluteErrorRows, rows, common, { integers })
    const gradient = plan.call(gradientOf, rows * width, [...common, factor.buffer, factor.offset], { integers })
    return { loss: sum(losses, factor), gradient: packedSequence(gradient, steps, batch, width), score: sum(errors, one) }
  }

  return {
    crossEntropy({ logits, targets, lengths, scale, smoothing = 0, classWeights = null }) {
      const { view, steps, batch, width } = gpuSequence(logits, 'the logits')
      const ids = gpuTokens(targets, 'the targets', steps, batch)
      ids.input.below = Math.min(ids.input.below, width)
      const factor = gpuTensor(scale, 'the scale', [1]).view
      const valid = gpuLengths(lengths, batch)
      const rows = steps * batch
      const integers = { width, batch }
      const logSums = plan.call(logSumExp, rows, [view.buffer, view.offset], { integers: { width } })
      const hits = plan.call(crossEntropyHits, rows, [view.buffer, view.offset, ids.buffer, valid], { integers })
      const common = [view.buffer, view.offset, logSums, ids.buffer, valid]
      let losses: Buffer
      let gradient: Buffer
      if (smoothing === 0 && classWeights === null) {
        losses = plan.call(crossEntropyRows, rows, common, { integers })
        gradient = plan.call(crossEntropyGradient, rows * width, [...common, factor.buffer, factor.offset], { integers })
      } else {
        const constants = { integers, floats: { kept: 1 - smoothing, spread: smoothing / width } }
        const weights = classWeights === null ? plan.ones(width) : alone(plan, gpuTensor(classWeights, 'the class weights', [width]).view, width)
        losses = plan.call(crossEntropyWeightedRows, rows, [...common, weights], constants)
        gradient = plan.call(crossEntropyWeightedGradient, rows * width, [...common, weights, sum(weights, one).view.buffer, factor.buffer, factor.offset], constants)
      }
      return { loss: sum(losses, factor), gradient: packedSequence(gradient, steps, batch, width), score: sum(hits, one) }
    },

    squaredError: (args) => elementwise(squaredErrorRows, squaredErrorGradient, args),
    absoluteError: (args) => elementwise(absoluteErrorRows, absoluteErrorGradient, args),
    huberLoss: (args) => elementwise(huberRows, huberGradient, args),
  }
}
