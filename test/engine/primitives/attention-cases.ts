import { full, numbers, raggedLengths, type PrimitiveCase } from './case'

const settings = [
  { steps: 1, keys: 1, batch: 1, width: 1 }, { steps: 3, keys: 5, batch: 2, width: 3 }, { steps: 2, keys: 4, batch: 3, width: 7 },
  { steps: 5, keys: 3, batch: 4, width: 9 }, { steps: 4, keys: 9, batch: 3, width: 17 }, { steps: 1, keys: 33, batch: 2, width: 33 },
].map((size, index) => ({ ...size, index, values: index % 2 ? raggedLengths(size.batch, size.keys) : full(size.batch, size.keys) }))

const attention = (scale: number) => settings.map(({ steps, keys: count, batch, width, index, values }): PrimitiveCase => ({
  name: `attend and attendBackward T=${steps} S=${count} B=${batch} H=${width}, lengths ${values.join(' ')}, queries up to ±${scale}`, tolerance: 3e-5,
  inputs: [0, 1].map((run) => ({
    q: numbers(index + 1 + run, steps * batch * width, scale), k: numbers(index + 20 + run, count * batch * width), g: numbers(index + 40 + run, steps * batch * width), lengths: values,
  })),
  build: (ops) => {
    const [queries, keys, gradient] = [ops.sequenceInput('q', steps, batch, width), ops.sequenceInput('k', count, batch, width), ops.sequenceInput('g', steps, batch, width)]
    const lengths = ops.lengthsInput('lengths', batch)
    const { context, weights } = ops.attend({ queries, keys, lengths })
    const back = ops.attendBackward({ gradient, queries, keys, weights, lengths })
    return { results: { context, weights, towardsQueries: back.queries, towardsKeys: back.keys } }
  },
}))

/** One decoder step at a time, as decoding goes; the keys are slots. */
const stepwise: PrimitiveCase = {
  name: 'attend with slots as keys and one query', tolerance: 1e-5,
  inputs: [0, 1].map((run) => ({ q: numbers(1 + run, 2 * 3 * 5), k: numbers(5 + run, 4 * 3 * 5), lengths: Int32Array.of(4, 2, 1) })),
  build: (ops) => {
    const [queries, given] = [ops.sequenceInput('q', 2, 3, 5), ops.sequenceInput('k', 4, 3, 5)]
    const keys = ops.sequence(5, 3, 5)
    for (let step = 0; step < 4; step++) ops.place(given.at(step), ops.slot(keys, step + 1))
    ops.place(queries.at(0), ops.slot(keys, 0))
    const { context, weights } = ops.attend({ queries: ops.single(queries.at(1)), keys: keys.slice(1, 5), lengths: ops.lengthsInput('lengths', 3) })
    return { results: { context, weights } }
  },
}

export const attentionCases: PrimitiveCase[] = [...attention(1), ...attention(60), stepwise]
