import { full, ids, numbers, raggedLengths, type PrimitiveCase } from './case'

const settings = [
  { steps: 1, batch: 1, width: 1 }, { steps: 1, batch: 4, width: 3 }, { steps: 3, batch: 2, width: 5 }, { steps: 4, batch: 3, width: 7 },
  { steps: 2, batch: 5, width: 9 }, { steps: 5, batch: 4, width: 17 }, { steps: 3, batch: 3, width: 33 }, { steps: 2, batch: 2, width: 86 },
].map((size, index) => ({ ...size, index, lengths: index % 2 ? raggedLengths(size.batch, size.steps) : full(size.batch, size.steps) }))

const scaleOf = (lengths: Int32Array, components = 1) => Float32Array.of(1 / (lengths.reduce((sum, length) => sum + length, 0) * components))
const about = ({ steps, batch, width, lengths }: (typeof settings)[number]) => `T=${steps} B=${batch} O=${width}, lengths ${lengths.join(' ')}`

function crossEntropy(name: string, size: (typeof settings)[number], scale: number): PrimitiveCase {
  const { steps, batch, width, lengths, index } = size
  return {
    name: `crossEntropy ${about(size)}${name}`, tolerance: 1e-5,
    inputs: [0, 1].map((run) => ({
      y: numbers(index + 3 + run, steps * batch * width, scale), targets: ids(index + 50 + run, steps * batch, width), lengths, scale: scaleOf(lengths),
    })),
    build: (ops) => ({
      results: { ...ops.crossEntropy({ logits: ops.sequenceInput('y', steps, batch, width), targets: ops.tokensInput('targets', steps, batch), lengths: ops.lengthsInput('lengths', batch), scale: ops.input('scale', [1]) }) },
    }),
  }
}

const weighted = (size: (typeof settings)[number], smoothing: number, weighing: boolean): PrimitiveCase => {
  const { steps, batch, width, lengths, index } = size
  return {
    name: `crossEntropy ${about(size)}, smoothing ${smoothing}, ${weighing ? 'with' : 'without'} class weights`, tolerance: 1e-5,
    inputs: [0, 1].map((run) => ({
      y: numbers(index + 5 + run, steps * batch * width, run ? 60 : 3), targets: ids(index + 50 + run, steps * batch, width), lengths, scale: scaleOf(lengths),
      // One class weighs nothing, where there are several.
      ...(weighing ? { weights: numbers(index + 9, width).map((value, k) => (k === 1 ? 0 : Math.abs(value) * 2)) } : {}),
    })),
    build: (ops) => ({
      results: {
        ...ops.crossEntropy({
          logits: ops.sequenceInput('y', steps, batch, width), targets: ops.tokensInput('targets', steps, batch), lengths: ops.lengthsInput('lengths', batch), scale: ops.input('scale', [1]),
          smoothing, classWeights: weighing ? ops.input('weights', [width]) : null,
        }),
      },
    }),
  }
}

const errorLoss = (kind: 'absoluteError' | 'huberLoss') => (size: (typeof settings)[number]): PrimitiveCase => {
  const { steps, batch, width, lengths, index } = size
  const targets = [0, 1].map((run) => numbers(index + 70 + run, steps * batch * width, 2))
  return {
    name: `${kind} ${about(size)}`, tolerance: 1e-5,
    // Every seventh output is its target: the gradient there is zero.
    inputs: [0, 1].map((run) => ({
      y: numbers(index + 3 + run, steps * batch * width, 2).map((value, at) => (at % 7 === 0 ? targets[run]![at]! : value)), targets: targets[run]!, lengths, scale: scaleOf(lengths, width),
    })),
    build: (ops) => ({
      results: { ...ops[kind]({ output: ops.sequenceInput('y', steps, batch, width), targets: ops.sequenceInput('targets', steps, batch, width), lengths: ops.lengthsInput('lengths', batch), scale: ops.input('scale', [1]) }) },
    }),
  }
}

const squaredError = (size: (typeof settings)[number]): PrimitiveCase => {
  const { steps, batch, width, lengths, index } = size
  return {
    name: `squaredError ${about(size)}`, tolerance: 1e-5,
    inputs: [0, 1].map((run) => ({
      y: numbers(index + 3 + run, steps * batch * width, 3), targets: numbers(index + 70 + run, steps * batch * width, 3), lengths, scale: scaleOf(lengths, width),
    })),
    build: (ops) => ({
      results: { ...ops.squaredError({ output: ops.sequenceInput('y', steps, batch, width), targets: ops.sequenceInput('targets', steps, batch, width), lengths: ops.lengthsInput('lengths', batch), scale: ops.input('scale', [1]) }) },
    }),
  }
}

export const lossCases: PrimitiveCase[] = [
  ...settings.map((size) => crossEntropy('', size, 3)),
  // exp would overflow float32 beyond 88 and vanish below −103: the largest logit has to be taken off first.
  ...settings.slice(2, 5).map((size) => crossEntropy(', logits up to ±300', size, 300)),
  ...settings.flatMap((size) => [weighted(size, 0, true), weighted(size, 0.1, false), weighted(size, 0.3, true)]),
  ...settings.map(squaredError),
  ...settings.map(errorLoss('absoluteError')),
  ...settings.map(errorLoss('huberLoss')),
]
