import { describe, expect, it } from 'vitest'
import { behaviourCases, checkCase, primitiveCases } from '../primitive-cases'
import { createOracleBackend } from './oracle-backend'

describe('the oracle keeps the contract it judges by', () => {
  const oracle = createOracleBackend()
  it.each(behaviourCases)('$name', ({ check }) => check(oracle))

  it('runs every primitive case', async () => {
    expect(new Set(primitiveCases.map(({ name }) => name)).size).toBe(primitiveCases.length)
    for (const one of primitiveCases) expect((await checkCase(oracle, one)).message, one.name).toBe('')
  })

  it('refuses a slot that is read before it is written, or written twice', async () => {
    await expect(oracle.compile((ops) => ({ results: { early: ops.sequence(2, 1, 3) } }))).rejects.toThrow('read before it is written')
    await expect(oracle.compile((ops) => {
      const states = ops.sequence(1, 1, 3)
      ops.place(ops.input('a', [1, 3]), ops.slot(states, 0))
      ops.place(ops.input('b', [1, 3]), ops.slot(states, 0))
      return { results: { states } }
    })).rejects.toThrow('written twice')
  })

  it('knows softmax cross-entropy by hand: ln 4 for four equal logits', async () => {
    const program = await oracle.compile((ops) => ({
      results: { ...ops.crossEntropy({ logits: ops.sequenceInput('y', 1, 1, 4), targets: ops.tokensInput('t', 1, 1), lengths: ops.lengthsInput('n', 1), scale: ops.input('s', [1]) }) },
    }))
    const found = program.runFloat64({ y: new Float64Array(4), t: Int32Array.of(2), n: Int32Array.of(1), s: Float64Array.of(1) })
    expect(found['loss']![0]).toBeCloseTo(Math.log(4), 14)
    expect([...found['gradient']!]).toEqual([0.25, 0.25, -0.75, 0.25])
  })

  it('weighs and smooths classes as torch.nn.functional.cross_entropy(weight=[0.5, 2, 1.5], label_smoothing=0.2)', async () => {
    const program = await oracle.compile((ops) => ({
      results: { ...ops.crossEntropy({
        logits: ops.sequenceInput('y', 1, 3, 3), targets: ops.tokensInput('t', 1, 3), lengths: ops.lengthsInput('n', 3), scale: ops.input('s', [1]),
        smoothing: 0.2, classWeights: ops.input('w', [3]),
      }) },
    }))
    const found = program.runFloat64({
      y: Float64Array.of(1, -2, 0.5, 0.25, 3, -1, 2, 2, -0.5), t: Int32Array.of(2, 1, 0), n: Int32Array.of(1, 1, 1), s: Float64Array.of(1 / 4), w: Float64Array.of(0.5, 2, 1.5),
    })
    expect(found['loss']![0]).toBeCloseTo(0.7920473906519523, 13)
    const gradient = [0.21304126192116285, -0.02231174122448952, -0.1907295206966733, 0.019232553543171448, -0.0021303123629953986, -0.017102241180176024, -0.028285368539955183, 0.04671463146004482, -0.018429262920089656]
    found['gradient']!.forEach((value, index) => { expect(value).toBeCloseTo(gradient[index]!, 13) })
  })
})
