import type { Trace } from '@shared/rpc/inspect-schemas'
import type { Sheet } from '../../stores/inspector'
import type { Backward } from '../../stores/memory'

/** What has faded to less is shown as if it had faded to that. */
const least = -12

/** log₁₀ ‖∂h_T/∂h_{t,j}‖ as a heatmap has it: 0 where a change is handed on as it is. */
export function flowSheet({ units: norms, norms: { length: steps }, from }: Backward['flow'], { runId, step }: Pick<Trace, 'runId' | 'step'>, labels: readonly string[]): Sheet {
  const hidden = norms.map((norm) => (norm > 0 ? Math.max(least, Math.log10(norm)) : least))
  return { runId, step, units: norms.length / steps, steps, labels: labels.slice(from, from + steps), hidden, surprise: null, tensor: 'flow.units', names: null, origin: from }
}

/** Units whose changes carry furthest first: by their mean over all steps. */
export function flowOrder({ units, steps, hidden }: Sheet): Uint32Array {
  const sums = new Float64Array(units)
  for (let at = 0; at < steps * units; at++) sums[at % units]! += hidden[at]!
  return Uint32Array.from({ length: units }, (_, unit) => unit).sort((a, b) => sums[b]! - sums[a]! || a - b)
}
