import type { Ops, Variable } from '@main/engine/backends/backend'
import type { WasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { UnrollError } from '@shared/errors'
import { full, ids, numbers } from './primitives/case'

/** What some work throws. */
export async function errorOf(work: () => unknown): Promise<UnrollError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof UnrollError) return error
    throw error
  }
  throw new Error('no error was thrown')
}

/** p ← p − rate · p, as several kernels. */
export const shrink = (of: WasmBackend, variable: Variable) => of.compile((ops) => {
  const parameter = ops.variable(variable)
  const next = ops.sgd({ parameter, gradient: parameter, velocity: null, factor: null, momentum: 0, hyper: ops.input('rate', [1]) })
  return { results: { norm: ops.globalNorm([parameter]) }, assign: [[variable, next.parameter]], guard: ['norm'] }
})

/** An Elman network through time with its gradient: every kind of kernel between input and result. */
export const elman = (steps: number, batch: number, hidden: number) => (ops: Ops) => {
  const projected = ops.sequenceInput('p', steps, batch, hidden)
  const [weight, lengths, scale] = [ops.input('u', [hidden, hidden]), ops.lengthsInput('lengths', batch), ops.input('scale', [1])]
  const [states, deltas] = [ops.sequence(steps + 1, batch, hidden), ops.sequence(steps, batch, hidden)]
  ops.place(ops.input('h', [batch, hidden]), ops.slot(states, 0))
  for (let step = 0; step < steps; step++) {
    ops.rnnStep({ projected: projected.at(step), previous: states.at(step), weight, activation: 'tanh', lengths, step }, ops.slot(states, step + 1))
  }
  const loss = ops.crossEntropy({ logits: states.slice(1, steps + 1), targets: ops.tokensInput('y', steps, batch), lengths, scale })
  let gradient = loss.gradient.at(steps - 1)
  for (let step = steps - 1; step >= 0; step--) {
    const delta = ops.rnnDelta({ gradient, state: states.at(step + 1), activation: 'tanh', lengths, step }, ops.slot(deltas, step))
    gradient = ops.rnnBackward({ delta, weight, gradient, addend: step > 0 ? loss.gradient.at(step - 1) : null, lengths, step })
  }
  return { results: { loss: loss.loss, du: ops.outerSum(deltas, states.slice(0, steps)), gradient } }
}
export const elmanInputs = (steps: number, batch: number, hidden: number) => ({
  p: numbers(1, steps * batch * hidden), u: numbers(2, hidden * hidden, 1 / Math.sqrt(hidden)), h: numbers(3, batch * hidden),
  y: ids(4, steps * batch, hidden), lengths: full(batch, steps), scale: Float32Array.of(1 / (steps * batch)),
})
