import type { Ops, Tensor } from '../../backend'
import { tensorOf, type WasmTensor } from '../handles'
import { call, type KernelCall } from '../kernel-calls'
import type { Recorder } from '../recorder'

type OptimizerOps = Pick<Ops, 'globalNorm' | 'clipFactor' | 'clipValue' | 'sgd' | 'adam' | 'rmsprop'>

/** About as many multiply-adds as one element of an update costs. */
const ELEMENT = 8

/** Numbers whose squares have a sum of their own. */
const STRETCH = 4096

export function optimizerOps(recorder: Recorder): OptimizerOps {
  /** Calls over stretches of `count` elements: `calls(from, elements)`, `from` in bytes. */
  function stretches(count: number, reads: readonly (WasmTensor | null)[], writes: readonly WasmTensor[], calls: (from: number, elements: number) => KernelCall): void {
    recorder.step({ cost: count * ELEMENT, reads, writes, split: { count, unit: 16 }, calls: ({ from, to }) => calls(from * 4, to - from) })
  }

  const optional = (handle: Tensor | null, what: string, shape: readonly number[]) => handle && tensorOf(handle, what, shape)

  return {
    globalNorm(handles) {
      const gradients = handles.map((handle) => tensorOf(handle, 'a gradient of globalNorm'))
      const counts = gradients.map(({ size }) => Math.ceil(size / STRETCH))
      const total = counts.reduce((sum, count) => sum + count, 0)
      const [sums, norm] = [recorder.block(total * 8), recorder.tensor([1])]
      const firsts = counts.map((_, index) => counts.slice(0, index).reduce((sum, count) => sum + count, 0))
      recorder.step({
        cost: gradients.reduce((sum, { size }) => sum + size, 0) * ELEMENT, reads: gradients, writes: [sums], split: { count: total },
        calls: ({ from, to }) => gradients.flatMap(({ size, address }, index) => {
          const [first, end] = [Math.max(from - firsts[index]!, 0), Math.min(to - firsts[index]!, counts[index]!)]
          if (first >= end) return []
          return call('squareSums', Math.min(size, end * STRETCH) - first * STRETCH, STRETCH, address + first * STRETCH * 4, sums.address + (firsts[index]! + first) * 8)
        }),
      })
      recorder.step({ cost: total, reads: [sums], writes: [norm], calls: () => call('rootOfSums', total, sums.address, norm.address) })
      return norm
    },

    clipFactor(handle, clipNorm) {
      const norm = tensorOf(handle, 'the norm of clipFactor', [1])
      const factor = recorder.tensor([1])
      recorder.step({ cost: 1, reads: [norm], writes: [factor], calls: () => call('clipFactor', norm.address, clipNorm, factor.address) })
      return factor
    },

    clipValue(handle, limit) {
      const gradient = tensorOf(handle, 'the gradient of clipValue')
      const clipped = recorder.tensor(gradient.shape)
      stretches(gradient.size, [gradient], [clipped], (from, elements) => call('clipValue', elements, gradient.address + from, limit, clipped.address + from))
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
        stretches(parameter.size, [parameter, gradient, factor, hyper], [next], (from, elements) =>
          call('descend', elements, parameter.address + from, gradient.address + from, factor?.address ?? 0, weightDecay, hyper.address, next.address + from))
        return { parameter: next, velocity: null }
      }
      const nextVelocity = recorder.tensor(parameter.shape)
      stretches(parameter.size, [parameter, gradient, velocity, factor, hyper], [next, nextVelocity], (from, elements) =>
        call('momentum', elements, parameter.address + from, gradient.address + from, velocity.address + from, factor?.address ?? 0, weightDecay, momentum, nesterov, hyper.address,
          next.address + from, nextVelocity.address + from))
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
      stretches(parameter.size, [parameter, gradient, first, second, factor, hyper], [next, nextFirst, nextSecond], (from, elements) =>
        call('adam', elements, parameter.address + from, gradient.address + from, first.address + from, second.address + from, factor?.address ?? 0, decay, decoupled,
          beta1, beta2, epsilon, hyper.address, next.address + from, nextFirst.address + from, nextSecond.address + from))
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
      stretches(parameter.size, [parameter, gradient, square, buffer, factor, hyper], [next, nextSquare, ...(nextBuffer ? [nextBuffer] : [])], (from, elements) =>
        call('rmsprop', elements, parameter.address + from, gradient.address + from, square.address + from, buffer ? buffer.address + from : 0, factor?.address ?? 0, weightDecay,
          alpha, epsilon, momentum, hyper.address, next.address + from, nextSquare.address + from, nextBuffer ? nextBuffer.address + from : 0))
      return { parameter: next, square: nextSquare, buffer: nextBuffer }
    },
  }
}
