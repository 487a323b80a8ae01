import { describe, expect, it } from 'vitest'
import { commonInput, differences, pairedOrders, partnerTensor, unlike, weightsChoices } from '@renderer/features/inspector/comparison'
import type { Trace } from '@shared/rpc/inspect-schemas'
import type { Run } from '@shared/rpc/schemas'

const run = (id: string, datasetId: string, kind: string) => ({ id, datasetId, name: id, experiment: { data: { kind } } }) as unknown as Run
const trace = (labels: string, more: Partial<Trace> = {}) => ({ reads: 'symbols', timelines: [{ stack: '', steps: labels.length, labels: [...labels] }], inputs: ['a', 'b'], outputs: ['a', 'b'], tensors: [], ...more }) as unknown as Trace
const stretch = { kind: 'stretch' as const, from: 5, count: 3 }

describe('what two runs can both read', () => {
  it('is the same stretch of the same data', () => {
    expect(commonInput(run('a', 'd', 'series'), run('b', 'd', 'series'), stretch, trace('abc'))).toEqual({ kind: 'same', input: stretch })
  })

  it('is the text itself where texts differ, and nothing where numbers do', () => {
    expect(commonInput(run('a', 'd', 'text'), run('b', 'e', 'text'), stretch, trace('a b'))).toEqual({ kind: 'text', input: { kind: 'text', text: 'a b' } })
    expect(commonInput(run('a', 'd', 'series'), run('b', 'e', 'series'), stretch, trace('abc'))).toMatchObject({ kind: 'none', why: expect.stringContaining('Choose a run on the same dataset.') })
    expect(commonInput(run('a', 'd', 'text'), run('b', 'e', 'series'), stretch, trace('abc'))).toMatchObject({ kind: 'none', why: expect.stringContaining('reads no text') })
  })

  it('is told apart step by step, and so are vocabularies and outputs', () => {
    expect(unlike(trace('abc'), trace('abc'))).toBe(null)
    expect(unlike(trace('abc'), trace('ab'))).toContain('2 steps, this one in 3')
    expect(unlike(trace('abc'), trace('axc'))).toContain('at step 1 “b” here and “x” there')
    expect(differences(trace('a'), trace('a'))).toBe(null)
    expect(differences(trace('a'), trace('a', { inputs: ['a'] }))).toContain('vocabularies differ (2 and 1 symbols)')
    expect(differences(trace('a'), trace('a', { outputs: ['b', 'a'] }))).toContain('outputs differ')
  })
})

it('weights to choose from are each named once', () => {
  expect(weightsChoices({ live: false, best: 20, last: 20, checkpoints: [10, 20] }).map(({ value }) => value)).toEqual(['best', 'step 10', 'step 20'])
  expect(weightsChoices({ live: true, best: null, last: null, checkpoints: [] }).map(({ label }) => label)).toEqual(['as it trains now'])
})

it('the other’s tensor is the same one, or the same letter of its last layer', () => {
  const tensor = (of: string, layer: number) => ({ name: `${of}_l${layer}`, of, stack: '', layer, direction: 'forward', width: 2, steps: 1 })
  const first = trace('a', { tensors: [tensor('h', 0), tensor('c', 0), tensor('h', 1), tensor('c', 1)] as Trace['tensors'] })
  const second = trace('a', { tensors: [tensor('h', 0), tensor('r', 0)] as Trace['tensors'] })
  expect([partnerTensor('h_l0', first, second), partnerTensor('h_l1', first, second), partnerTensor('c_l1', first, second)]).toEqual(['h_l0', 'h_l0', 'h_l0'])
})

it('pairs stand in the same row, units without a partner at the end', () => {
  const matches = [{ unit: 0, other: 2, r: 0.1 }, { unit: 1, other: 0, r: -0.9 }, { unit: 3, other: 1, r: 0.5 }]
  const { first, second } = pairedOrders(matches, 4, 3, 'strength')
  expect([[...first], [...second]]).toEqual([[1, 3, 0, 2], [0, 1, 2]])
  expect([...pairedOrders(matches, 4, 3, 'index').first]).toEqual([0, 1, 3, 2])
})
