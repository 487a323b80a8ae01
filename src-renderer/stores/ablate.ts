import { defineStore } from 'pinia'
import { markRaw } from 'vue'
import { UnrollError } from '@shared/errors'
import type { Params, Result } from '@shared/rpc/contract'
import type { Trace } from '@shared/rpc/inspect-schemas'
import { useHost } from '../rpc/use-host'
import { useInspector } from './inspector'
import { longTask } from './long-task'

export type Edit = Params<'inspect.ablate'>['edits'][number]
export type Sweep = Result<'inspect.sweep'>
export type WeightTable = Result<'inspect.weight'>

/** The open sequence read by the network as it was edited. */
export interface Edited {
  readonly trace: Trace
  /** y of every step of the last timeline, [steps, width]. */
  readonly y: Float32Array
  readonly width: number
  /** From the edit to the answer, in milliseconds. */
  readonly ms: number
}

/** The network with something changed by hand, beside the one that is open. Nothing of it reaches the run. */
export const useAblate = defineStore('ablate', () => {
  const { rpc } = useHost()
  const inspector = useInspector()
  const sweeping = longTask(rpc, 'units silenced')
  /** The edited trace that is held, and the one it was made from. */
  let held: { base: string; trace: string } | null = null
  let turn: Promise<unknown> = Promise.resolve()
  let asked = 0

  /** The newest question wins: an older one answers null. @throws UnrollError */
  function apply(edits: readonly Edit[]): Promise<Edited | null> {
    const mine = ++asked
    const answer = turn.then(async () => mine === asked ? read(edits) : null)
    turn = answer.catch(() => undefined)
    return answer.then((found) => mine === asked ? found : null)
  }

  async function read(edits: readonly Edit[]): Promise<Edited> {
    const began = performance.now()
    const trace = await inspector.ask(async (base) => {
      const into = held?.base === base ? held.trace : undefined
      try {
        return await rpc.call('inspect.ablate', { trace: base, edits: [...edits], ...(into !== undefined && { into }) })
      } catch (reason) {
        if (UnrollError.from(reason).code !== 'inspect.no-trace' || into === undefined) throw reason
        held = null
        return rpc.call('inspect.ablate', { trace: base, edits: [...edits] })
      }
    })
    const base = inspector.trace?.trace ?? ''
    if (held && held.trace !== trace.trace) release(held.trace)
    held = { base, trace: trace.trace }
    const spec = trace.tensors.find(({ of }) => of === 'y')!
    const { values, width } = await rpc.call('inspect.window', { trace: trace.trace, tensor: spec.name, from: 0, to: spec.steps })
    return markRaw({ trace, y: values!, width, ms: performance.now() - began })
  }

  const release = (trace: string) => { rpc.call('inspect.close', { trace }).catch(() => {}) }

  /** Gives the edited trace back. */
  function clear(): void {
    asked++
    if (held) release(held.trace)
    held = null
  }

  const weight = (name: string): Promise<WeightTable> => inspector.ask((trace) => rpc.call('inspect.weight', { trace, name }))

  /** @throws UnrollError, `inspect.cancelled` when it was given up */
  const sweep = (cell: string): Promise<Sweep> => sweeping.run((task) => inspector.ask((trace) => rpc.call('inspect.sweep', { trace, cell, task })))

  return { sweeping: sweeping.progress, apply, clear, weight, sweep, cancel: sweeping.cancel }
})
