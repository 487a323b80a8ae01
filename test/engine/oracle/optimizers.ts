import type { Ops } from '@main/engine/backends/backend'
import { expectShape, OracleTensor, tensor } from './values'

type Record = (work: () => void) => void

export function optimizerOps(record: Record): Pick<Ops, 'globalNorm' | 'clipFactor' | 'clipValue' | 'sgd' | 'adam' | 'rmsprop'> {
  return {
    globalNorm(gradients) {
      const all = gradients.map(tensor)
      const norm = OracleTensor.of([1])
      record(() => {
        norm.data[0] = Math.sqrt(all.reduce((sum, { data }) => data.reduce((part, value) => part + value * value, sum), 0))
      })
      return norm
    },

    clipFactor(norm, clipNorm) {
      const found = tensor(norm)
      expectShape('the norm', found.shape, [1])
      const factor = OracleTensor.of([1])
      record(() => { factor.data[0] = Math.min(1, clipNorm / (found.data[0]! + 1e-6)) })
      return factor
    },

    clipValue(gradient, limit) {
      const found = tensor(gradient)
      const clipped = OracleTensor.of(found.shape)
      record(() => { found.data.forEach((value, index) => { clipped.data[index] = Math.max(-limit, Math.min(limit, value)) }) })
      return clipped
    },

    sgd(args) {
      const [parameter, gradient, hyper] = [tensor(args.parameter), tensor(args.gradient), tensor(args.hyper)]
      const velocity = args.velocity && tensor(args.velocity)
      const factor = args.factor && tensor(args.factor)
      expectShape('the gradient', gradient.shape, parameter.shape)
      expectShape('hyper', hyper.shape, [1])
      if (velocity) expectShape('the velocity', velocity.shape, parameter.shape)
      const [next, nextVelocity] = [OracleTensor.of(parameter.shape), OracleTensor.of(parameter.shape)]
      record(() => {
        const f = factor ? factor.data[0]! : 1
        for (let index = 0; index < next.data.length; index++) {
          const g = f * gradient.data[index]! + (args.weightDecay ?? 0) * parameter.data[index]!
          const v = (velocity ? args.momentum * velocity.data[index]! : 0) + g
          nextVelocity.data[index] = v
          next.data[index] = parameter.data[index]! - hyper.data[0]! * (args.nesterov ? g + args.momentum * v : v)
        }
      })
      return { parameter: next, velocity: velocity ? nextVelocity : null }
    },

    adam(args) {
      const [parameter, gradient, hyper] = [tensor(args.parameter), tensor(args.gradient), tensor(args.hyper)]
      const [first, second] = [tensor(args.first), tensor(args.second)]
      const factor = args.factor && tensor(args.factor)
      for (const other of [gradient, first, second]) expectShape('the gradient and the moments', other.shape, parameter.shape)
      expectShape('hyper', hyper.shape, [3])
      const [beta1, beta2] = args.betas
      const [next, nextFirst, nextSecond] = [OracleTensor.of(parameter.shape), OracleTensor.of(parameter.shape), OracleTensor.of(parameter.shape)]
      record(() => {
        const f = factor ? factor.data[0]! : 1
        const [rate, correction] = [hyper.data[0]!, hyper.data[1]!]
        for (let index = 0; index < next.data.length; index++) {
          const g = f * gradient.data[index]! + (args.decoupled ? 0 : (args.weightDecay ?? 0) * parameter.data[index]!)
          const m = beta1 * first.data[index]! + (1 - beta1) * g
          const v = beta2 * second.data[index]! + (1 - beta2) * g * g
          nextFirst.data[index] = m
          nextSecond.data[index] = v
          next.data[index] = parameter.data[index]! * (args.decoupled ? hyper.data[2]! : 1) - rate * m / (Math.sqrt(v) * correction + args.epsilon)
        }
      })
      return { parameter: next, first: nextFirst, second: nextSecond }
    },

    rmsprop(args) {
      const [parameter, gradient, square, hyper] = [tensor(args.parameter), tensor(args.gradient), tensor(args.square), tensor(args.hyper)]
      const [buffer, factor] = [args.buffer && tensor(args.buffer), args.factor && tensor(args.factor)]
      for (const other of [gradient, square, ...(buffer ? [buffer] : [])]) expectShape('the gradient and the averages', other.shape, parameter.shape)
      expectShape('hyper', hyper.shape, [1])
      const [next, nextSquare, nextBuffer] = [OracleTensor.of(parameter.shape), OracleTensor.of(parameter.shape), OracleTensor.of(parameter.shape)]
      record(() => {
        for (let index = 0; index < next.data.length; index++) {
          const g = (factor ? factor.data[0]! : 1) * gradient.data[index]! + args.weightDecay * parameter.data[index]!
          const s = args.alpha * square.data[index]! + (1 - args.alpha) * g * g
          const u = g / (Math.sqrt(s) + args.epsilon)
          const b = buffer ? args.momentum * buffer.data[index]! + u : u
          nextSquare.data[index] = s
          nextBuffer.data[index] = b
          next.data[index] = parameter.data[index]! - hyper.data[0]! * b
        }
      })
      return { parameter: next, square: nextSquare, buffer: buffer ? nextBuffer : null }
    },
  }
}
