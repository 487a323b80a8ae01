import { editedNetwork, type Edit } from './edits'
import { meanLoss } from './step-losses'
import type { LookedNetwork } from './looked-network'
import type { TraceSession } from './trace-session'
import type { Work } from './work'

export interface UnitSweep {
  /** Mean loss of the sequence with each unit silenced; NaN without targets. */
  losses: Float32Array
  /** How much the output changes, mean over steps: `outputChange`. */
  changes: Float32Array
}

/**
 * The sequence read once for each unit of a cell, with that unit held at 0. The session is left as it was.
 * @param cell named like its tensors: `l0`, `l1_reverse`, `decoder.l0`
 */
export async function sweepUnits(session: TraceSession, cell: string, units: number, classes: boolean, work: Work): Promise<UnitSweep> {
  const { network, input } = session
  const { width } = session.spec('y')
  const before = await session.read('y', 0, Infinity, work)
  const [losses, changes] = [new Float32Array(units).fill(NaN), new Float32Array(units)]
  // Reading the sequence tells its own progress, of which there is none to tell here.
  const quiet: Work = { cancelled: () => work.cancelled(), step: async () => {} }
  for (let unit = 0; unit < units; unit++) {
    await session.reread(silenced(network, cell, unit), input, quiet)
    if (session.losses) losses[unit] = meanLoss(session.losses) ?? NaN
    const after = await session.read('y', 0, Infinity, quiet)
    let sum = 0
    const steps = after.length / width
    for (let step = 0; step < steps; step++) sum += outputChange(before, after, step * width, width, classes)
    changes[unit] = sum / steps
    await work.step(unit + 1, units)
  }
  return { losses, changes }
}

const silenced = (network: LookedNetwork, cell: string, unit: number): LookedNetwork => {
  const edit: Edit = { kind: 'unit', cell, unit, of: 'h', value: 0 }
  return editedNetwork(network, [edit])
}

/**
 * How far two outputs of a step are from each other.
 *   classes: KL(p‖q) = Σ p ln(p/q) in nats, p = softmax(before), q = softmax(after)   numbers: mean |Δy|
 * @param from where y_t starts in both
 */
export function outputChange(before: Float32Array, after: Float32Array, from: number, width: number, classes: boolean): number {
  let sum = 0
  if (!classes) {
    for (let at = from; at < from + width; at++) sum += Math.abs(after[at]! - before[at]!)
    return sum / width
  }
  const [a, b] = [logSum(before, from, width), logSum(after, from, width)]
  for (let at = from; at < from + width; at++) sum += Math.exp(before[at]! - a) * (before[at]! - a - after[at]! + b)
  return Math.max(0, sum)
}

function logSum(y: Float32Array, from: number, width: number): number {
  let most = -Infinity
  for (let at = from; at < from + width; at++) most = Math.max(most, y[at]!)
  let sum = 0
  for (let at = from; at < from + width; at++) sum += Math.exp(y[at]! - most)
  return most + Math.log(sum)
}
