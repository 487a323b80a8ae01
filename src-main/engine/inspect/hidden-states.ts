import type { Backend } from '../backends/backend'
import { breather, engineHost, type EngineHost } from '../host'
import { withNetwork, type NetworkArguments } from './network-runner'

export type TraceInput = { kind: 'tokens'; tokens: Int32Array } | { kind: 'values'; values: Float32Array }

/**
 * The hidden state and the output at every step of one sequence, from a zero state on.
 *   h_t = cell(x_t, h_{t-1});  y_t = V h_t + c
 * Long sequences are read in chunks whose state flows on, so memory on the device is bounded; with a reverse direction, in one.
 * @param input token ids [steps], or values [steps, inputSize]
 * @returns hidden [steps, hiddenSize · directions] (of the last layer, forward beside reverse) and output [steps, outputSize], logits where classes are predicted
 * @throws UnrollError `input.invalid`, `shape.mismatch`
 */
export async function trace(backend: Backend, args: NetworkArguments & { input: TraceInput }, host: EngineHost = engineHost): Promise<{ hidden: Float32Array; output: Float32Array }> {
  const { input } = args
  return withNetwork(backend, args, input.kind, async (runner) => {
    const { hidden, outputs } = await runner.read(input.kind === 'tokens' ? input.tokens : input.values, { hidden: true, breathe: breather(host) })
    return { hidden, output: outputs }
  })
}
