import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { modelSchema } from '@shared/experiment/model-schema'
import { memoryEstimate } from '@shared/model/memory'
import { parameterCount, weightSpecs } from '@shared/model/weights'
import { cellEquations, decoderEquations, mathParts, outputEquation, spoken } from '@renderer/features/experiment/equations'
import { unrolledGeometry } from '@renderer/features/experiment/unrolled-geometry'
import { weightGroups } from '@renderer/features/experiment/weight-rows'
import { fakeDataset } from '../support/fake-runs'

const models = fc.record({
  cell: fc.constantFrom('rnn' as const, 'gru' as const, 'lstm' as const), hiddenSize: fc.integer({ min: 1, max: 60 }), layers: fc.integer({ min: 1, max: 16 }),
  bidirectional: fc.boolean(), embeddingSize: fc.option(fc.integer({ min: 1, max: 20 })),
}).map((model) => modelSchema.parse(model))

describe('the equations', () => {
  const all = [...(['rnn', 'gru', 'lstm'] as const).flatMap((cell) => cellEquations({ cell, activation: 'tanh' })), ...[true, false].flatMap((both) => [outputEquation(both, true), outputEquation(both, false)]),
    ...[true, false].flatMap((attention) => [true, false].flatMap((bidirectional) => decoderEquations({ cell: 'gru', bidirectional, attention })))]
  it('stand in PyTorch\'s order of gates', () => {
    const first = (cell: 'gru' | 'lstm') => cellEquations({ cell, activation: 'tanh' }).map((equation) => equation[0])
    expect(first('lstm')).toEqual(['i', 'f', 'g', 'o', 'c', 'h'])
    expect(first('gru')).toEqual(['r', 'z', 'n', 'h'])
    expect(cellEquations({ cell: 'rnn', activation: 'relu' })).toEqual(['h_t = ReLU(U h_{t−1} + W x_t + b)'])
  })
  it.each(all)('%s is shown whole', (equation) => {
    const text = mathParts(equation).map(({ text, below, above }) => `${text}${below}${above}`).join('')
    expect(text).toBe(equation.replace(/[_^{}]/g, ''))
    expect(spoken(equation)).not.toMatch(/[_^{}⊙σαΣ]/)
  })
  it('tell the bias c from the cell state', () => {
    expect(mathParts('c_t = V h_t + c').filter(({ text }) => text === 'c').map(({ role }) => role)).toEqual(['variable', 'v'])
  })
})

describe('the table of weights', () => {
  it('counts every parameter, in groups no longer than two layers', () => {
    fc.assert(fc.property(models, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), (model, input, output) => {
      for (const task of ['every-step', 'sequence'] as const) {
        for (const attention of task === 'sequence' ? [true, false] : [false]) {
          const rows = weightGroups({ ...model, attention }, input, output, task).flatMap((group) => group.rows)
          expect(rows.reduce((sum, { copies, gates, rows, columns }) => sum + copies * gates * rows * (columns ?? 1), 0)).toBe(parameterCount({ ...model, attention }, input, output, task))
          expect(rows.length).toBeLessThanOrEqual(task === 'sequence' ? 16 : 9)
        }
      }
    }))
  })
  it('has the stacked shapes of the weights file', () => {
    const model = modelSchema.parse({ cell: 'lstm', hiddenSize: 8, layers: 2, bidirectional: true })
    const shapes = new Map(weightSpecs(model, 5, 3).map(({ name, shape }) => [name, shape]))
    for (const { name, gates, rows, columns } of weightGroups(model, 5, 3).flatMap((group) => group.rows)) {
      for (const each of name.split(' + ')) expect(shapes.get(each)).toEqual(columns === null ? [gates * rows] : [gates * rows, columns])
    }
  })
})

describe('the drawing', () => {
  it('stacks layers upwards without touching, and leaves out only the middle of a high stack', () => {
    for (const both of [true, false]) {
      for (let layers = 1; layers <= 16; layers++) {
        const drawing = unrolledGeometry(layers, both)
        expect(drawing.layers.map(({ number }) => number)).toEqual(layers > 3 ? [1, layers] : Array.from({ length: layers }, (_, at) => at + 1))
        expect(drawing.gap === null).toBe(layers <= 3)
        drawing.layers.slice(1).forEach((layer, at) => expect(layer.bottom).toBeLessThan(drawing.layers[at]!.top))
        expect(drawing.layers.every(({ chains }) => chains.length === (both ? 2 : 1))).toBe(true)
        expect(drawing.layers.at(-1)!.top).toBeGreaterThan(drawing.outputs)
      }
    }
  })
})

describe('the memory', () => {
  it('counts gates, states, layers, directions, masks and the optimizer\'s averages', () => {
    const { experiment } = fakeDataset('text')
    const model = modelSchema.parse({ cell: 'lstm', hiddenSize: 10, layers: 3, bidirectional: true, dropout: 0.1, inputDropout: 0.1, embeddingSize: 4 })
    const estimate = memoryEstimate({ ...experiment, model }, 86, 86, 64)
    // 4 bytes · B·T · (token + E, masks of E and two layers' 2·H, six cells' 2·4·H + h and c, 2·outputs)
    expect(estimate.activations).toBe(4 * 32 * 64 * (1 + 4 + 4 + 2 * 20 + 6 * (80 + 20) + 2 * 86))
    expect(estimate.parameters).toBe(4 * 4 * parameterCount(model, 86, 86))
  })
})
