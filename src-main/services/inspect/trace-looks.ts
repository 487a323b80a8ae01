import { UnrollError } from '@shared/errors'
import { meanLoss } from '../../engine/inspect/step-losses'
import type { LookedInput, LookedNetwork } from '../../engine/inspect/looked-network'
import { TraceSession } from '../../engine/inspect/trace-session'
import type { TensorSpec } from '../../engine/inspect/trace-tensors'
import type { Work } from '../../engine/inspect/work'
import type { LookRoom } from './look-room'

export interface OpenedTrace {
  steps: number
  targetSteps: number
  tensors: (TensorSpec & { steps: number })[]
  losses: Float32Array | null
  loss: number | null
}

/** What there is to see in a session. */
export function openedTrace(session: TraceSession): OpenedTrace {
  const { steps, targetSteps, tensors, losses } = session
  return { steps, targetSteps, tensors: tensors.map((spec) => ({ ...spec, steps: session.stepsOf(spec) })), losses, loss: losses && meanLoss(losses) }
}

export const traceLooks = {
  async openTrace(room: LookRoom, { trace, network, input }: { trace: string; network: LookedNetwork; input: LookedInput }, work: Work): Promise<OpenedTrace> {
    const backend = await room.createBackend()
    try {
      const session = await TraceSession.open(backend, network, input, work)
      await room.traces.add(trace, session, async () => {
        await session.dispose()
        await backend.dispose()
      })
      return openedTrace(session)
    } catch (error) {
      await backend.dispose()
      throw error
    }
  },

  async closeTrace(room: LookRoom, { trace }: { trace: string }): Promise<void> {
    await room.traces.remove(trace)
  },

  /** @param from, to steps of the session, warm-up included */
  async readTrace(room: LookRoom, { trace, tensor, from, to, bucket }: { trace: string; tensor: string; from: number; to: number; bucket: number }, work: Work) {
    const session = room.traces.get(trace)
    const { width } = session.spec(tensor)
    return bucket <= 1
      ? { width, values: await session.read(tensor, from, to, work), buckets: null }
      : { width, values: null, buckets: { size: bucket, ...await session.buckets(tensor, from, to, bucket, work) } }
  },

  /** Everything at one step, the states before it, and the biases. */
  async readMoment(room: LookRoom, { trace, step, stack }: { trace: string; step: number; stack: TensorSpec['stack'] }, work: Work) {
    const session = room.traces.get(trace)
    const specs = session.tensors.filter((spec) => spec.stack === stack || (session.network.output !== 'sequence' && spec.stack === ''))
    const tensors = await session.moment(step, specs.map(({ name }) => name), work)
    const previous: Record<string, Float32Array> = {}
    for (const spec of specs.filter((each) => session.isState(each))) {
      const before = step + (spec.direction === 'reverse' ? 1 : -1)
      const known = before >= 0 && before < session.stepsOf(spec)
      previous[spec.name] = known ? session.state(spec.name).slice(before * spec.width, (before + 1) * spec.width) : await startOf(session, spec, work)
    }
    const biases = Object.fromEntries(Object.entries(session.network.weights).filter(([name]) => /bias/.test(name) && (name.startsWith('head') || name.startsWith(stack))).map(([name, { data }]) => [name, data]))
    return { tensors, previous, biases }
  },

  async readWeight(room: LookRoom, { trace, name }: { trace: string; name: string }) {
    const found = room.traces.get(trace).network.weights[name]
    if (found) return { name, shape: found.shape, values: found.data }
    throw new UnrollError('inspect.no-tensor', `This network has no weight "${name}".`, { hint: 'Names are PyTorch\'s: rnn.weight_hh_l0, head.bias, …' })
  },
}

/** The state before the first step: zero; a decoder's is its encoder's last, the directions side by side. */
async function startOf(session: TraceSession, { name, stack, width }: TensorSpec, work: Work): Promise<Float32Array> {
  const start = new Float32Array(width)
  if (stack !== 'decoder.') return start
  const own = name.slice(stack.length)
  const parts = session.tensors.filter((spec) => spec.name === `encoder.${own}` || spec.name === `encoder.${own}_reverse`)
  let at = 0
  for (const part of parts) {
    const last = part.direction === 'reverse' ? 0 : session.steps - 1
    start.set(await session.read(part.name, last, last + 1, work), at)
    at += part.width
  }
  return start
}
