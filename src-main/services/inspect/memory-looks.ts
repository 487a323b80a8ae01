import { UnrollError } from '@shared/errors'
import { gradientFlow } from '../../engine/inspect/gradient-flow'
import { byLag, inputGradients, type Followed } from '../../engine/inspect/input-gradients'
import { occlusion, type Filling } from '../../engine/inspect/occlusion'
import { stretchOf } from '../../engine/inspect/stretch-program'
import type { StackPrefix } from '../../engine/bptt/programs'
import type { Work } from '../../engine/inspect/work'
import type { LookRoom } from './look-room'

/** Steps that are looked at all against all. */
const mostSteps = 512

interface Stretched { trace: string; from: number; to: number }

export const memoryLooks = {
  async flow(room: LookRoom, { trace, from, to, stack, layer, direction }: Stretched & { stack: StackPrefix; layer: number; direction: 'forward' | 'reverse' }, work: Work) {
    const session = room.traces.get(trace)
    session.spec(`${stack}h_l${layer}${direction === 'reverse' ? '_reverse' : ''}`)
    const stretch = expectShort(stretchOf(session, from, to))
    return room.once(async (backend) => ({ from: stretch.from, ...await gradientFlow(backend, stretch, { prefix: stack, layer, suffix: direction === 'reverse' ? '_reverse' : '' }, work) }))
  },

  /** @param steps outputs to follow, of the session; null: all of the stretch */
  async inputGradients(room: LookRoom, { trace, from, to, steps, followed }: Stretched & { steps: number[] | null; followed: Followed }, work: Work) {
    const session = room.traces.get(trace)
    const stretch = expectShort(stretchOf(session, from, to))
    const pairs = session.network.output === 'sequence'
    const count = pairs ? session.targetSteps : stretch.to - stretch.from
    const own = (steps ?? Array.from({ length: count }, (_, step) => step + (pairs ? 0 : stretch.from))).map((step) => step - (pairs ? 0 : stretch.from))
    if (own.some((step) => step < 0 || step >= count)) throw new UnrollError('inspect.past-the-end', 'An output was to be followed that lies outside the stretch.', { hint: 'Choose one inside it.' })
    const outputs = await (pairs ? session.read('y', 0, count, work) : session.read('y', stretch.from, stretch.to, work))
    const found = await room.once((backend) => inputGradients(backend, { ...stretch, outputs }, own, followed, work))
    return { from: stretch.from, steps: own, ...found, lags: pairs ? null : byLag(found, own) }
  },

  async occlude(room: LookRoom, { trace, from, to, filling }: Stretched & { filling: Filling }, work: Work) {
    const stretch = expectShort(stretchOf(room.traces.get(trace), from, to))
    return room.once(async (backend) => ({ from: stretch.from, ...await occlusion(backend, stretch, filling, work) }))
  },
}

function expectShort<T extends { from: number; to: number }>(stretch: T): T {
  const steps = stretch.to - stretch.from
  if (steps <= mostSteps) return stretch
  throw new UnrollError('inspect.too-long', `Memory is looked at over at most ${mostSteps} steps at once; these are ${steps.toLocaleString('en')}.`, { hint: 'Choose a shorter stretch; a network that reads in reverse, a shorter sequence.' })
}
