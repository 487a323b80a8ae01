import { describe, expect, it } from 'vitest'
import type { Lengths, Ops, Sequence, Tensor } from '@main/engine/backends/backend'
import { createGpuBackend } from '@main/engine/backends/gpu/gpu-backend'
import { record } from '@main/engine/backends/gpu/recorder'
import { webGpuMissing } from '../support/node-webgpu'

const missing = await webGpuMissing()
const [batch, hidden] = [2, 3]

interface Given {
  projected: Sequence
  previous: Tensor
  weight: Tensor
  bias: Tensor
  lengths: Lengths
}

const given = (ops: Ops, steps: number, gates: number): Given => ({
  projected: ops.sequenceInput('projected', steps, batch, gates * hidden), previous: ops.input('previous', [batch, hidden]),
  weight: ops.input('weight', [gates * hidden, hidden]), bias: ops.input('bias', [gates * hidden]), lengths: ops.lengthsInput('lengths', batch),
})

function lstm(ops: Ops, steps: number): Tensor {
  const { projected, previous, weight, lengths } = given(ops, steps, 4)
  const [states, cells, gates] = [ops.sequence(steps + 1, batch, hidden), ops.sequence(steps + 1, batch, hidden), ops.sequence(steps, batch, 4 * hidden)]
  for (const sequence of [states, cells]) ops.place(previous, ops.slot(sequence, 0))
  for (let step = 0; step < steps; step++) {
    ops.lstmStep({ projected: projected.at(step), previous: states.at(step), cell: cells.at(step), weight, lengths, step },
      { hidden: ops.slot(states, step + 1), cell: ops.slot(cells, step + 1), gates: ops.slot(gates, step) })
  }
  return states.at(steps)
}

function gru(ops: Ops, steps: number): Tensor {
  const { projected, previous, weight, bias, lengths } = given(ops, steps, 3)
  const [states, gates] = [ops.sequence(steps + 1, batch, hidden), ops.sequence(steps, batch, 4 * hidden)]
  ops.place(previous, ops.slot(states, 0))
  for (let step = 0; step < steps; step++) {
    ops.gruStep({ projected: projected.at(step), previous: states.at(step), weight, bias, lengths, step }, { hidden: ops.slot(states, step + 1), gates: ops.slot(gates, step) })
  }
  return states.at(steps)
}

/** Kernels that a result needs, without the copies that put slots together. */
function kernels(build: (ops: Ops) => Tensor): number {
  const { plan, results } = record((ops) => ({ results: { result: build(ops) } }))
  return plan.neededFor(results.map(({ buffer }) => buffer)).filter((index) => !['concat', 'copy'].includes(plan.calls[index]!.source.name)).length
}

describe('gated cells on the GPU', () => {
  it.each([{ name: 'LSTM', build: lstm }, { name: 'GRU', build: gru }])('start two kernels a step, and one for U: $name', ({ build }) => {
    expect([1, 5, 20].map((steps) => kernels((ops) => build(ops, steps)))).toEqual([3, 11, 41])
  })

  it.for([{ mode: 'cpu' as const }, { mode: 'webasm' as const }, { mode: 'webgpu' as const }])('σ and tanh of a gate keep to float32 over the whole range: $mode', async ({ mode }, { skip }) => {
    if (mode === 'webgpu' && missing) skip(missing)
    const backend = await createGpuBackend({ mode })
    const values = Float32Array.from({ length: 2001 }, (_, index) => Math.sign(index - 1000) * 10 ** ((Math.abs(index - 1000) - 700) / 75))
    const program = await backend.compile((ops) => {
      const rows = values.length
      const zero = ops.input('zero', [rows, 1])
      const gates = ops.sequence(1, rows, 4)
      ops.lstmStep({ projected: ops.input('projected', [rows, 4]), previous: zero, cell: zero, weight: ops.input('weight', [4, 1]), lengths: ops.lengthsInput('lengths', rows), step: 0 },
        { hidden: ops.slot(ops.sequence(1, rows, 1), 0), cell: ops.slot(ops.sequence(1, rows, 1), 0), gates: ops.slot(gates, 0) })
      return { results: { gates } }
    })
    const { gates } = await program.run({
      projected: Float32Array.from({ length: values.length * 4 }, (_, index) => values[Math.floor(index / 4)]!),
      zero: new Float32Array(values.length), weight: new Float32Array(4), lengths: new Int32Array(values.length).fill(1),
    })
    const worst = values.reduce((most, x, row) => Math.max(most, ...[0, 1, 2, 3].map((gate) => Math.abs(gates![row * 4 + gate]! - (gate === 2 ? Math.tanh(x) : 1 / (1 + Math.exp(-x)))))), 0)
    expect(worst).toBeLessThan(3e-7)
    await backend.dispose()
  })
})

describe('shaping on the GPU refuses', () => {
  it('token ids outside a table, by name and place', async () => {
    const backend = await createGpuBackend({ mode: 'cpu' })
    const program = await backend.compile((ops) => ({ results: { y: ops.gather(ops.tokensInput('tokens', 2, 2), ops.input('table', [5, 3])) } }))
    await expect(program.run({ tokens: Int32Array.of(0, 4, 5, 1), table: new Float32Array(15) })).rejects.toMatchObject({
      code: 'shape.token', message: 'Token ids of "tokens" must be 0 to 4, found 5 at place 2.',
    })
  })

  it('columns that a sequence doesn\'t have', async () => {
    const backend = await createGpuBackend({ mode: 'cpu' })
    await expect(backend.compile((ops) => ({ results: { y: ops.columns(ops.sequenceInput('x', 2, 2, 4), 3, 5) } })))
      .rejects.toMatchObject({ code: 'internal.shape', message: 'Columns 3 to 5 are no stretch of a sequence 4 wide.' })
  })
})
