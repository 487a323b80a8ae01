import type { Ops, Tensor } from '../../backend'
import { tensorOf, type WasmTensor } from '../handles'
import { CALL_BUDGET, type Recorder } from '../recorder'
import { chunk } from './products'

type OptimizerOps = Pick<Ops, 'globalNorm' | 'clipFactor' | 'clipValue' | 'sgd' | 'adam' | 'rmsprop'>

/** About as many multiply-adds as one element of an update costs. */
const ELEMENT = 8

export function optimizerOps(recorder: Recorder): OptimizerOps {
  const { kernels } = recorder

  /** Calls over stretches of `count` elements: `call(from, elements)`, `from` in bytes. */
  function stretches(count: number, touched: readonly (WasmTensor | null)[], bind: (from: number, elements: number) => () => void): void {
    const perCall = chunk(count, CALL_BUDGET / ELEMENT, 16)
    const present = touched.filter((tensor) => tensor !== null)
    for (let first = 0; first < count; first += perCall) {
      const elements = Math.min(perCall, count - first)
      recorder.step(elements * ELEMENT, present, () => bind(first * 4, elements))
    }
  }

  const optional = (handle: Tensor | null, what: string, shape: readonly number[]) => handle && tensorOf(handle, what, shape)

  return {
    globalNorm(handles) {
      const sum = recorder.tensor([2])
      const norm = recorder.tensor([1])
      recorder.step(1, [sum], () => {
        const at = sum.address
        return () => { kernels.clear(8, at) }
      })
      for (const handle of handles) {
        const gradient = tensorOf(handle, 'a gradient of globalNorm')
        stretches(gradient.size, [gradient, sum], (from, elements) => {
          const [at, total] = [gradient.address + from, sum.address]
          return () => { kernels.squareSum(elements, at, total) }
        })
      }
      recorder.step(1, [sum, norm], () => {
        const [total, to] = [sum.address, norm.address]
        return () => { kernels.squareRoot(total, to) }
      })
      return norm
    },

    clipFactor(handle, clipNorm) {
      const norm = tensorOf(handle, 'the norm of clipFactor', [1])
      const factor = recorder.tensor([1])
      recorder.step(1, [norm, factor], () => {
        const [from, to] = [norm.address, factor.address]
        return () => { kernels.clipFactor(from, clipNorm, to) }
      })
      return factor
    },

    clipValue(handle, limit) {
      const gradient = tensorOf(handle, 'the gradient of clipValue')
      const clipped = recorder.tensor(gradient.shape)
      stretches(gradient.size, [gradient, clipped], (from, elements) => {
        const [at, to] = [gradient.address + from, clipped.address + from]
        return () => { kernels.clipValue(elements, at, limit, to) }
      })
      return clipped
    },

    sgd({ parameter: parameterHandle, gradient: gradientHandle, velocity: velocityHandle, factor: factorHandle, momentum, hyper: hyperHandle, weightDecay = 0, nesterov = false }) {
      const parameter = tensorOf(parameterHandle, 'the parameter of sgd')
      const gradient = tensorOf(gradientHandle, 'the gradient of sgd', parameter.shape)
      const velocity = optional(velocityHandle, 'the velocity of sgd', parameter.shape)
      const factor = optional(factorHandle, 'the factor of sgd', [1])
      const hyper = tensorOf(hyperHandle, 'the learning rate of sgd', [1])
      const next = recorder.tensor(parameter.shape)
      if (!velocity) {
        stretches(parameter.size, [parameter, gradient, factor, hyper, next], (from, elements) => {
          const [p, g, f, rate, to] = [parameter.address + from, gradient.address + from, factor?.address ?? 0, hyper.address, next.address + from]
          return () => { kernels.descend(elements, p, g, f, weightDecay, rate, to) }
        })
        return { parameter: next, velocity: null }
      }
      const nextVelocity = recorder.tensor(parameter.shape)
      stretches(parameter.size, [parameter, gradient, velocity, factor, hyper, next, nextVelocity], (from, elements) => {
        const [p, g, v, f, rate] = [parameter.address + from, gradient.address + from, velocity.address + from, factor?.address ?? 0, hyper.address]
        const [to, toVelocity] = [next.address + from, nextVelocity.address + from]
        return () => { kernels.momentum(elements, p, g, v, f, weightDecay, momentum, nesterov, rate, to, toVelocity) }
      })
      return { parameter: next, velocity: nextVelocity }
    },

    adam({ parameter: parameterHandle, gradient: gradientHandle, first: firstHandle, second: secondHandle, factor: factorHandle, betas: [beta1, beta2], epsilon, hyper: hyperHandle, weightDecay = 0, decoupled = false }) {
      const parameter = tensorOf(parameterHandle, 'the parameter of adam')
      const gradient = tensorOf(gradientHandle, 'the gradient of adam', parameter.shape)
      const first = tensorOf(firstHandle, 'the first moment of adam', parameter.shape)
      const second = tensorOf(secondHandle, 'the second moment of adam', parameter.shape)
      const factor = optional(factorHandle, 'the factor of adam', [1])
      const hyper = tensorOf(hyperHandle, 'hyper of adam', [3])
      // AdamW's decay is in hyper and never in the gradient.
      const decay = decoupled ? 0 : weightDecay
      const [next, nextFirst, nextSecond] = [recorder.tensor(parameter.shape), recorder.tensor(parameter.shape), recorder.tensor(parameter.shape)]
      stretches(parameter.size, [parameter, gradient, first, second, factor, hyper, next, nextFirst, nextSecond], (from, elements) => {
        const [p, g, m, v] = [parameter.address + from, gradient.address + from, first.address + from, second.address + from]
        const [f, rates] = [factor?.address ?? 0, hyper.address]
        const [to, toFirst, toSecond] = [next.address + from, nextFirst.address + from, nextSecond.address + from]
        return () => { kernels.adam(elements, p, g, m, v, f, decay, decoupled, beta1, beta2, epsilon, rates, to, toFirst, toSecond) }
      })
      return { parameter: next, first: nextFirst, second: nextSecond }
    },

    rmsprop({ parameter: parameterHandle, gradient: gradientHandle, square: squareHandle, buffer: bufferHandle, factor: factorHandle, alpha, epsilon, momentum, weightDecay, hyper: hyperHandle }) {
      const parameter = tensorOf(parameterHandle, 'the parameter of rmsprop')
      const gradient = tensorOf(gradientHandle, 'the gradient of rmsprop', parameter.shape)
      const square = tensorOf(squareHandle, 'the mean square of rmsprop', parameter.shape)
      const buffer = optional(bufferHandle, 'the buffer of rmsprop', parameter.shape)
      const factor = optional(factorHandle, 'the factor of rmsprop', [1])
      const hyper = tensorOf(hyperHandle, 'the learning rate of rmsprop', [1])
      const [next, nextSquare, nextBuffer] = [recorder.tensor(parameter.shape), recorder.tensor(parameter.shape), buffer && recorder.tensor(parameter.shape)]
      stretches(parameter.size, [parameter, gradient, square, buffer, factor, hyper, next, nextSquare, nextBuffer], (from, elements) => {
        const [p, g, s, b] = [parameter.address + from, gradient.address + from, square.address + from, buffer ? buffer.address + from : 0]
        const [f, rate] = [factor?.address ?? 0, hyper.address]
        const [to, toSquare, toBuffer] = [next.address + from, nextSquare.address + from, nextBuffer ? nextBuffer.address + from : 0]
        return () => { kernels.rmsprop(elements, p, g, s, b, f, weightDecay, alpha, epsilon, momentum, rate, to, toSquare, toBuffer) }
      })
      return { parameter: next, square: nextSquare, buffer: nextBuffer }
    },
  }
}
