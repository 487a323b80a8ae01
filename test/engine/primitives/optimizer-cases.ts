import type { Ops, Tensor, Variable } from '@main/engine/backends/backend'
import { numbers, type PrimitiveCase } from './case'

const shapes = [[1], [7], [3, 5], [17, 9], [33]] as const
const count = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1)

const norms: PrimitiveCase[] = [
  { name: 'small', scale: 0.01, clipNorm: 1 }, { name: 'large', scale: 30, clipNorm: 1 }, { name: 'large, clipped to 0.25', scale: 5, clipNorm: 0.25 },
].map(({ name, scale, clipNorm }) => ({
  name: `globalNorm and clipFactor, ${name}`, tolerance: 1e-5,
  inputs: [0, 1].map((run) => Object.fromEntries(shapes.map((shape, at) => [`g${at}`, numbers(at + 1 + 10 * run, count(shape), scale)]))),
  build: (ops) => {
    const norm = ops.globalNorm(shapes.map((shape, at) => ops.input(`g${at}`, shape)))
    return { results: { norm, factor: ops.clipFactor(norm, clipNorm) } }
  },
}))

const variables = (shape: readonly number[], names: string[]) =>
  Object.fromEntries(names.map((name, at) => [name, { shape, values: name === 'second' || name === 'square' ? numbers(at + 3, count(shape)).map(Math.abs) : numbers(at + 3, count(shape)) }]))

const factorOf = (ops: Ops, clipped: boolean): Tensor | null => (clipped ? ops.input('factor', [1]) : null)

const sgd = shapes.flatMap((shape, at) => [true, false].flatMap((clipped) => [0, 0.9].map((momentum): PrimitiveCase => ({
  name: `sgd [${shape.join(', ')}], ${clipped ? 'with' : 'without'} factor, ${momentum ? 'momentum 0.9' : 'no velocity'}, three steps`, tolerance: 1e-5,
  inputs: [0, 1, 2].map((run) => ({ g: numbers(at + 20 * run, count(shape)), rate: Float32Array.of(0.1 / (run + 1)), ...(clipped ? { factor: Float32Array.of(0.37) } : {}) })),
  variables: variables(shape, momentum ? ['parameter', 'velocity'] : ['parameter']),
  build: (ops, stored) => {
    const [parameter, velocity] = [stored['parameter'] as Variable, stored['velocity']]
    const next = ops.sgd({
      parameter: ops.variable(parameter), gradient: ops.input('g', shape), velocity: velocity ? ops.variable(velocity) : null,
      factor: factorOf(ops, clipped), momentum, hyper: ops.input('rate', [1]),
    })
    return { results: { next: next.parameter }, assign: [[parameter, next.parameter], ...(velocity && next.velocity ? [[velocity, next.velocity] as const] : [])] }
  },
}))))

const adam = shapes.flatMap((shape, at) => [true, false].map((clipped): PrimitiveCase => ({
  name: `adam [${shape.join(', ')}], ${clipped ? 'with' : 'without'} factor, three steps`, tolerance: 1e-5,
  inputs: [1, 2, 3].map((step) => ({
    g: numbers(at + 20 * step, count(shape)), hyper: Float32Array.of(0.01 / (1 - 0.9 ** step), 1 / Math.sqrt(1 - 0.999 ** step), 0), ...(clipped ? { factor: Float32Array.of(0.37) } : {}),
  })),
  variables: variables(shape, ['parameter', 'first', 'second']),
  build: (ops, stored) => {
    const [parameter, first, second] = [stored['parameter'], stored['first'], stored['second']] as [Variable, Variable, Variable]
    const next = ops.adam({
      parameter: ops.variable(parameter), gradient: ops.input('g', shape), first: ops.variable(first), second: ops.variable(second),
      factor: factorOf(ops, clipped), betas: [0.9, 0.999], epsilon: 1e-8, hyper: ops.input('hyper', [3]),
    })
    return { results: { norm: ops.globalNorm([next.parameter]) }, assign: [[parameter, next.parameter], [first, next.first], [second, next.second]] }
  },
})))

const decay = 0.3

const sgdFurther = shapes.flatMap((shape, at) => [true, false].flatMap((nesterov) => (nesterov ? [0, decay] : [decay]).map((weightDecay): PrimitiveCase => ({
  name: `sgd [${shape.join(', ')}], weight decay ${weightDecay}, ${nesterov ? 'Nesterov' : at % 2 ? 'momentum' : 'no velocity'}, three steps`, tolerance: 1e-5,
  inputs: [0, 1, 2].map((run) => ({ g: numbers(at + 20 * run, count(shape)), rate: Float32Array.of(0.1 / (run + 1)), factor: Float32Array.of(0.37) })),
  variables: variables(shape, nesterov || at % 2 ? ['parameter', 'velocity'] : ['parameter']),
  build: (ops, stored) => {
    const [parameter, velocity] = [stored['parameter'] as Variable, stored['velocity']]
    const next = ops.sgd({
      parameter: ops.variable(parameter), gradient: ops.input('g', shape), velocity: velocity ? ops.variable(velocity) : null,
      factor: ops.input('factor', [1]), momentum: velocity ? 0.9 : 0, hyper: ops.input('rate', [1]), weightDecay, nesterov,
    })
    return { results: { next: next.parameter }, assign: [[parameter, next.parameter], ...(velocity && next.velocity ? [[velocity, next.velocity] as const] : [])] }
  },
}))))

const adamFurther = shapes.flatMap((shape, at) => [true, false].map((decoupled): PrimitiveCase => ({
  name: `${decoupled ? 'adamw' : 'adam'} [${shape.join(', ')}], weight decay, ${at % 2 ? 'with' : 'without'} factor, three steps`, tolerance: 1e-5,
  inputs: [1, 2, 3].map((step) => ({
    g: numbers(at + 20 * step, count(shape)), hyper: Float32Array.of(0.01 / (1 - 0.8 ** step), 1 / Math.sqrt(1 - 0.99 ** step), decoupled ? 1 - 0.05 * decay / step : 1), ...(at % 2 ? { factor: Float32Array.of(0.37) } : {}),
  })),
  variables: variables(shape, ['parameter', 'first', 'second']),
  build: (ops, stored) => {
    const [parameter, first, second] = [stored['parameter'], stored['first'], stored['second']] as [Variable, Variable, Variable]
    const next = ops.adam({
      parameter: ops.variable(parameter), gradient: ops.input('g', shape), first: ops.variable(first), second: ops.variable(second),
      factor: factorOf(ops, at % 2 === 1), betas: [0.8, 0.99], epsilon: 1e-6, hyper: ops.input('hyper', [3]), weightDecay: decay, decoupled,
    })
    return { results: { norm: ops.globalNorm([next.parameter]) }, assign: [[parameter, next.parameter], [first, next.first], [second, next.second]] }
  },
})))

const rmsprop = shapes.flatMap((shape, at) => [0, 0.9].flatMap((momentum) => [0, decay].map((weightDecay): PrimitiveCase => ({
  name: `rmsprop [${shape.join(', ')}], momentum ${momentum}, weight decay ${weightDecay}, ${at % 2 ? 'with' : 'without'} factor, three steps`, tolerance: 1e-5,
  inputs: [1, 2, 3].map((step) => ({ g: numbers(at + 20 * step, count(shape)), rate: Float32Array.of(0.01 / step), ...(at % 2 ? { factor: Float32Array.of(0.37) } : {}) })),
  variables: variables(shape, momentum ? ['parameter', 'square', 'buffer'] : ['parameter', 'square']),
  build: (ops, stored) => {
    const [parameter, square] = [stored['parameter'], stored['square']] as [Variable, Variable]
    const buffer = stored['buffer']
    const next = ops.rmsprop({
      parameter: ops.variable(parameter), gradient: ops.input('g', shape), square: ops.variable(square), buffer: buffer ? ops.variable(buffer) : null,
      factor: factorOf(ops, at % 2 === 1), alpha: 0.95, epsilon: 1e-6, momentum, weightDecay, hyper: ops.input('rate', [1]),
    })
    return { results: { next: next.parameter }, assign: [[parameter, next.parameter], [square, next.square], ...(buffer && next.buffer ? [[buffer, next.buffer] as const] : [])] }
  },
}))))

const clipped = shapes.map((shape, at): PrimitiveCase => ({
  name: `clipValue [${shape.join(', ')}]`, tolerance: 0, inputs: [0, 1].map((run) => ({ g: numbers(at + 3 + run, count(shape), 2) })),
  build: (ops) => ({ results: { narrow: ops.clipValue(ops.input('g', shape), 0.5) } }),
}))

const assigned: PrimitiveCase[] = [
  {
    name: 'variables are taken over together, each from the old value of the other', tolerance: 1e-6,
    inputs: [{ rate: Float32Array.of(1) }, { rate: Float32Array.of(1) }],
    variables: { left: { shape: [3, 5], values: numbers(1, 15) }, right: { shape: [3, 5], values: numbers(2, 15) } },
    build: (ops, { left, right }) => {
      const [a, b, hyper] = [ops.variable(left as Variable), ops.variable(right as Variable), ops.input('rate', [1])]
      const minus = (parameter: Tensor, gradient: Tensor) => ops.sgd({ parameter, gradient, velocity: null, factor: null, momentum: 0, hyper }).parameter
      const difference = minus(a, b)
      return { results: { norm: ops.globalNorm([difference]) }, assign: [[left as Variable, difference], [right as Variable, minus(b, a)]] }
    },
  },
  {
    name: 'a carried state: the last slot becomes the variable that the next run starts from', tolerance: 1e-5,
    inputs: [1, 2, 3].map((run) => ({ p: numbers(run, 2 * 3 * 5), u: numbers(9, 25, 0.5), lengths: Int32Array.of(2, 1, 2) })),
    variables: { state: { shape: [3, 5], values: numbers(8, 15) } },
    build: (ops, { state }) => {
      const [p, u, lengths] = [ops.sequenceInput('p', 2, 3, 5), ops.input('u', [5, 5]), ops.lengthsInput('lengths', 3)]
      const states = ops.sequence(3, 3, 5)
      ops.place(ops.variable(state as Variable), ops.slot(states, 0))
      for (let step = 0; step < 2; step++) ops.rnnStep({ projected: p.at(step), previous: states.at(step), weight: u, activation: 'tanh', lengths, step }, ops.slot(states, step + 1))
      return { results: { states }, assign: [[state as Variable, states.at(2)]] }
    },
  },
  {
    name: 'guard: a result that is not finite assigns nothing, and the next run goes on as before', tolerance: 1e-5,
    inputs: [1, NaN, Infinity, 2].map((first) => ({ g: Float32Array.of(first, 2, 3), rate: Float32Array.of(0.5) })),
    variables: { parameter: { shape: [3], values: Float32Array.of(1, 2, 3) }, velocity: { shape: [3], values: Float32Array.of(1, 0, -1) } },
    build: (ops, { parameter, velocity }) => {
      const gradient = ops.input('g', [3])
      const norm = ops.globalNorm([gradient])
      const next = ops.sgd({
        parameter: ops.variable(parameter as Variable), gradient, velocity: ops.variable(velocity as Variable), factor: ops.clipFactor(norm, 1), momentum: 0.9, hyper: ops.input('rate', [1]),
      })
      return { results: { norm }, guard: ['norm'], assign: [[parameter as Variable, next.parameter], [velocity as Variable, next.velocity as Tensor]] }
    },
  },
]

export const optimizerCases: PrimitiveCase[] = [...norms, ...clipped, ...sgd, ...sgdFurther, ...adam, ...adamFurther, ...rmsprop, ...assigned]
