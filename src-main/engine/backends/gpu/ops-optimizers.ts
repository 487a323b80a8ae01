import { elements } from '@shared/model/weights'
import type { Ops, Tensor } from '../backend'
import { adamFirst } from './kernels/adam-first'
import { adamParameter } from './kernels/adam-parameter'
import { adamSecond } from './kernels/adam-second'
import { adamwParameter } from './kernels/adamw-parameter'
import { clipFactor } from './kernels/clip-factor'
import { clipValue } from './kernels/clip-value'
import { decayedGradient } from './kernels/decayed-gradient'
import { rmspropBuffer } from './kernels/rmsprop-buffer'
import { rmspropParameter } from './kernels/rmsprop-parameter'
import { rootOfSum } from './kernels/root-of-sum'
import { sgdNesterov } from './kernels/sgd-nesterov'
import { sgdParameter } from './kernels/sgd-parameter'
import { sgdVelocity } from './kernels/sgd-velocity'
import { sumSquaresParts } from './kernels/sum-squares-parts'
import { wholeTensor } from './made'
import { partsOf } from './ops-losses'
import type { Buffer, Plan, View } from './plan'
import { concatenate } from './sequence-store'
import { alone, gpuTensor } from './tensors'

export function optimizerOps(plan: Plan): Pick<Ops, 'globalNorm' | 'clipFactor' | 'clipValue' | 'sgd' | 'adam' | 'rmsprop'> {
  const one: View = { buffer: plan.number(1), offset: 0 }
  const factorOf = (factor: Tensor | null): View => factor === null ? one : gpuTensor(factor, 'the factor', [1]).view

  /** The gradient and its factor as kernels take them; with weight decay f g + λ p, whose factor is 1. */
  const scaledGradient = (gradient: Tensor, factor: Tensor | null, parameter: Buffer, shape: readonly number[], decay: number) => {
    const { buffer, offset } = gpuTensor(gradient, 'the gradient', shape).view
    const f = factorOf(factor)
    const scaled = [buffer, offset, f.buffer, f.offset] as const
    return decay === 0 ? scaled : [plan.call(decayedGradient, parameter.elements, [...scaled, parameter], { floats: { decay } }), 0, one.buffer, one.offset] as const
  }

  return {
    globalNorm(gradients) {
      const partial = gradients.map((gradient) => {
        const { view, shape } = gpuTensor(gradient, 'a gradient')
        const { parts, rounds } = partsOf(elements(shape))
        const buffer = plan.call(sumSquaresParts, parts, [view.buffer, view.offset], { integers: { elements: elements(shape), parts, rounds } })
        return { buffer, offset: 0, elements: parts }
      })
      const all = concatenate(plan, partial)
      return wholeTensor([1], plan.call(rootOfSum, 1, [all.buffer], { integers: { elements: all.elements } }))
    },

    clipFactor(norm, clipNorm) {
      const { view } = gpuTensor(norm, 'the norm', [1])
      return wholeTensor([1], plan.call(clipFactor, 1, [view.buffer, view.offset], { floats: { clip: clipNorm } }))
    },

    clipValue(gradient, limit) {
      const { shape, view } = gpuTensor(gradient, 'the gradient')
      return wholeTensor(shape, plan.call(clipValue, elements(shape), [view.buffer, view.offset], { floats: { limit } }))
    },

    sgd({ parameter, gradient, velocity, factor, momentum, hyper, weightDecay = 0, nesterov = false }) {
      const { shape, view } = gpuTensor(parameter, 'the parameter')
      const size = elements(shape)
      const p = alone(plan, view, size)
      const scaled = scaledGradient(gradient, factor, p, shape, weightDecay)
      const rate = gpuTensor(hyper, 'hyper', [1]).view
      if (velocity === null) {
        const next = plan.call(sgdParameter, size, [p, ...scaled, rate.buffer, rate.offset])
        return { parameter: wholeTensor(shape, next), velocity: null }
      }
      const v = alone(plan, gpuTensor(velocity, 'the velocity', shape).view, size)
      const nextVelocity = plan.call(sgdVelocity, size, [v, ...scaled], { floats: { momentum } })
      const next = nesterov
        ? plan.call(sgdNesterov, size, [p, ...scaled, nextVelocity, rate.buffer, rate.offset], { floats: { momentum } })
        : plan.call(sgdParameter, size, [p, nextVelocity, 0, one.buffer, one.offset, rate.buffer, rate.offset])
      return { parameter: wholeTensor(shape, next), velocity: wholeTensor(shape, nextVelocity) }
    },

    adam({ parameter, gradient, first, second, factor, betas: [beta1, beta2], epsilon, hyper, weightDecay = 0, decoupled = false }) {
      const { shape, view } = gpuTensor(parameter, 'the parameter')
      const size = elements(shape)
      const p = alone(plan, view, size)
      const m = alone(plan, gpuTensor(first, 'the first moment', shape).view, size)
      const v = alone(plan, gpuTensor(second, 'the second moment', shape).view, size)
      const scaled = scaledGradient(gradient, factor, p, shape, decoupled ? 0 : weightDecay)
      const rates = gpuTensor(hyper, 'hyper', [3]).view
      const nextFirst = plan.call(adamFirst, size, [m, ...scaled], { floats: { beta: beta1, rest: 1 - beta1 } })
      const nextSecond = plan.call(adamSecond, size, [v, ...scaled], { floats: { beta: beta2, rest: 1 - beta2 } })
      const next = plan.call(decoupled ? adamwParameter : adamParameter, size, [p, nextFirst, nextSecond, rates.buffer, rates.offset], { floats: { epsilon } })
      return { parameter: wholeTensor(shape, next), first: wholeTensor(shape, nextFirst), second: wholeTensor(shape, nextSecond) }
    },

    rmsprop({ parameter, gradient, square, buffer, factor, alpha, epsilon, momentum, weightDecay, hyper }) {
      const { shape, view } = gpuTensor(parameter, 'the parameter')
      const size = elements(shape)
      const p = alone(plan, view, size)
      const s = alone(plan, gpuTensor(square, 'the mean square', shape).view, size)
      const scaled = scaledGradient(gradient, factor, p, shape, weightDecay)
      const rate = gpuTensor(hyper, 'hyper', [1]).view
      // The mean square moves as Adam's second moment does.
      const nextSquare = plan.call(adamSecond, size, [s, ...scaled], { floats: { beta: alpha, rest: 1 - alpha } })
      if (buffer === null) {
        const next = plan.call(rmspropParameter, size, [p, nextSquare, ...scaled, rate.buffer, rate.offset], { floats: { epsilon } })
        return { parameter: wholeTensor(shape, next), square: wholeTensor(shape, nextSquare), buffer: null }
      }
      const b = alone(plan, gpuTensor(buffer, 'the momentum buffer', shape).view, size)
      const nextBuffer = plan.call(rmspropBuffer, size, [b, nextSquare, ...scaled], { floats: { momentum, epsilon } })
      const next = plan.call(sgdParameter, size, [p, nextBuffer, 0, one.buffer, one.offset, rate.buffer, rate.offset])
      return { parameter: wholeTensor(shape, next), square: wholeTensor(shape, nextSquare), buffer: wholeTensor(shape, nextBuffer) }
    },
  }
}
