import { defineStore } from 'pinia'
import { markRaw } from 'vue'
import { UnrollError } from '@shared/errors'
import type { Params, Result } from '@shared/rpc/contract'
import type { LookedInputSpec, RunWeights, Trace, WhichLooked } from '@shared/rpc/inspect-schemas'
import { useHost } from '../rpc/use-host'
import type { Sheet } from './inspector'
import { longTask } from './long-task'

export type UnitMatches = Result<'inspect.compare'>['matches']

const mostNumbers = 50_000_000

/** Two networks over the same sequence. Every question may fail with an UnrollError. */
export const useCompare = defineStore('compare', () => {
  const { rpc } = useHost()

  const open = async (id: string, weights: WhichLooked, input: LookedInputSpec): Promise<Trace> => markRaw(await rpc.call('inspect.open', { id, weights, input }))
  const close = (trace: Trace | null): void => { if (trace) rpc.call('inspect.close', { trace: trace.trace }).catch(() => {}) }
  const weights = (id: string): Promise<RunWeights> => rpc.call('inspect.weights', { id })
  const matching = longTask(rpc, 'match units')
  /** The newest question wins: one still under way fails with `inspect.cancelled`. */
  const match = async (question: Pick<Params<'inspect.compare'>, 'first' | 'second' | 'tensor' | 'other'>): Promise<UnitMatches> =>
    (await matching.run((task) => rpc.call('inspect.compare', { ...question, task }))).matches

  /** A tensor at every step. */
  async function read(trace: Trace, tensor: string): Promise<Sheet> {
    const spec = trace.tensors.find(({ name }) => name === tensor)
    if (!spec) throw new UnrollError('inspect.no-tensor', `This network has no “${tensor}”.`)
    if (spec.steps * spec.width > mostNumbers) throw new UnrollError('inspect.too-long', `${spec.steps} steps of ${spec.width} numbers are more than can be shown at once.`, { hint: `Choose at most ${Math.floor(mostNumbers / spec.width)} steps.` })
    const { values } = await rpc.call('inspect.window', { trace: trace.trace, tensor, from: 0, to: spec.steps })
    const labels = (trace.timelines.find(({ stack }) => stack === spec.stack) ?? trace.timelines[0]!).labels
    return markRaw({ runId: trace.runId, step: trace.step, units: spec.width, steps: spec.steps, labels, hidden: values!, surprise: null, tensor, names: spec.of === 'y' ? trace.outputs : null })
  }

  return { open, close, weights, match, matching: matching.progress, cancelMatching: matching.cancel, read }
})
