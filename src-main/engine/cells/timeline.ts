import { UnrollError } from '@shared/errors'
import type { Ops, Sequence, Tensor } from '../backends/backend'
import type { LayerGradient } from './cell'

export type Direction = 'forward' | 'reverse'

/** One time step of a layer: which one, and the slots of the state before and after it. */
export interface Moment {
  step: number
  before: number
  after: number
}

/**
 * The order in which a layer takes its time steps. States lie in one sequence with a slot more than steps, so that h before
 * and after every step are two views of it:
 *   forward  slot 0 is the initial state, h_t is in slot t + 1
 *   reverse  slot T is the initial state, h_t is in slot t: a row that ends early keeps its initial state until its own end
 */
export interface Timeline {
  moments: readonly Moment[]
  /** Slot of the state before the first moment, and after the last. */
  first: number
  last: number
  /** The states after each time step, [steps, batch, hidden]. */
  after(states: Sequence): Sequence
  /** The states before each time step. */
  before(states: Sequence): Sequence
}

export function timeline(steps: number, direction: Direction): Timeline {
  const forward = direction === 'forward'
  const moments = Array.from({ length: steps }, (_, index): Moment =>
    (forward ? { step: index, before: index, after: index + 1 } : { step: steps - 1 - index, before: steps - index, after: steps - 1 - index }))
  const [early, late] = [(states: Sequence) => states.slice(0, steps), (states: Sequence) => states.slice(1, steps + 1)]
  return { moments, first: forward ? 0 : steps, last: forward ? steps : 0, after: forward ? late : early, before: forward ? early : late }
}

/** A sequence of states whose first slot holds the initial state. */
export function statesFrom(ops: Ops, initial: Tensor, { moments, first }: Timeline, batch: number, hidden: number): Sequence {
  const states = ops.sequence(moments.length + 1, batch, hidden)
  ops.place(initial, ops.slot(states, first))
  return states
}

/** ∂L/∂h after the last moment: from its own output, from the final state, or the sum of both. */
export function arriving(ops: Ops, { outputs, final }: LayerGradient, { moments }: Timeline): Tensor {
  const own = outputs?.at(moments.at(-1)!.step) ?? null
  const state = final[0] ?? null
  if (own && state) return ops.addTensors(own, state)
  const only = own ?? state
  if (only) return only
  throw new UnrollError('internal.fault', 'No gradient reaches the hidden state of a layer.')
}
