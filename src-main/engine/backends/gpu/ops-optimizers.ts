import { elements } from '@shared/model/weights'
import type { Ops, Tensor } from '../backend'
import { adamFirst } from './kernels/adam-first'
import { adamParameter } from './kernels/adam-parameter'
import { adamSecond } from './kernels/adam-second'
import { clipFactor } from './kernels/clip-factor'
import { rootOfSum } from './kernels/root-of-sum'
import { sgdParameter } from './kernels/sgd-parameter'
import { sgdVelocity } from './kernels/sgd-velocity'
import { sumSquaresParts } from './kernels/sum-squares-parts'
import { partsOf } from './ops-losses'
import type { Buffer, Plan, View } from './plan'
import { concatenate } from './sequence-store'
import { alone, GpuTensor, gpuTensor } from './tensors'

export function optimizerOps(plan: Plan): Pick<Ops, 'globalNorm' | 'clipFactor' | 'sgd' | 'adam'> {
  const whole = (shape: readonly number[], buffer: Buffer) => new GpuTensor(shape, () => ({ buffer, offset: 0 }))
  const one: View = { buffer: plan.number(1), offset: 0 }
  const factorOf = (factor: Tensor | null): View => factor === null ? one : gpuTensor(factor, 'the factor', [1]).view

  return {
    globalNorm(gradients) {
      const partial = gradients.map((gradient) => {
        const { view, shape } = gpuTensor(gradient, 'a gradient')
        const { parts, rounds } = partsOf(elements(shape))
        return plan.call(sumSquaresParts, parts, [view.buffer, view.offset], { integers: { elements: elements(shape), parts, rounds } })
      })
      const all = concatenate(plan, partial)
      return whole([1], plan.call(rootOfSum, 1, [all], { integers: { elements: all.elements } }))
    },

    clipFactor(norm, clipNorm) {
      const { view } = gpuTensor(norm, 'the norm', [1])
      return whole([1], plan.call(clipFactor, 1, [view.buffer, view.offset], { floats: { clip: clipNorm } }))
    },

    sgd({ parameter, gradient, velocity, factor, momentum, hyper }) {
      const { shape, view } = gpuTensor(parameter, 'the parameter')
      const size = elements(shape)
      const p = alone(plan, view, size)
      const g = gpuTensor(gradient, 'the gradient', shape).view
      const f = factorOf(factor)
      const rate = gpuTensor(hyper, 'hyper', [1]).view
      if (velocity === null) {
        const next = plan.call(sgdParameter, size, [p, g.buffer, g.offset, f.buffer, f.offset, rate.buffer, rate.offset])
        return { parameter: whole(shape, next), velocity: null }
      }
      const v = alone(plan, gpuTensor(velocity, 'the velocity', shape).view, size)
      const nextVelocity = plan.call(sgdVelocity, size, [v, g.buffer, g.offset, f.buffer, f.offset], { floats: { momentum } })
      const next = plan.call(sgdParameter, size, [p, nextVelocity, 0, one.buffer, one.offset, rate.buffer, rate.offset])
      return { parameter: whole(shape, next), velocity: whole(shape, nextVelocity) }
    },

    adam({ parameter, gradient, first, second, factor, betas: [beta1, beta2], epsilon, hyper }) {
      const { shape, view } = gpuTensor(parameter, 'the parameter')
      const size = elements(shape)
      const p = alone(plan, view, size)
      const m = alone(plan, gpuTensor(first, 'the first moment', shape).view, size)
      const v = alone(plan, gpuTensor(second, 'the second moment', shape).view, size)
      const g = gpuTensor(gradient, 'the gradient', shape).view
      const f = factorOf(factor)
      const rates = gpuTensor(hyper, 'hyper', [3]).view
      const scaled = [g.buffer, g.offset, f.buffer, f.offset]
      const nextFirst = plan.call(adamFirst, size, [m, ...scaled], { floats: { beta: beta1, rest: 1 - beta1 } })
      const nextSecond = plan.call(adamSecond, size, [v, ...scaled], { floats: { beta: beta2, rest: 1 - beta2 } })
      const next = plan.call(adamParameter, size, [p, nextFirst, nextSecond, rates.buffer, rates.offset], { floats: { epsilon } })
      return { parameter: whole(shape, next), first: whole(shape, nextFirst), second: whole(shape, nextSecond) }
    },
  }
}
