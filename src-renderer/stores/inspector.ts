import { defineStore } from 'pinia'
import { markRaw, ref, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { LookedInputSpec, Moment, Trace } from '@shared/rpc/inspect-schemas'
import type { States } from '@shared/rpc/schemas'
import { useHost } from '../rpc/use-host'

/** One tensor of a trace at every step of its timeline: `hidden` has its numbers, row-major [steps, units]. */
export interface Sheet extends States {
  /** `h_l0`, `f_l1_reverse`, `y`, … */
  readonly tensor: string
  /** What its columns are called, where they have names: the classes of y. */
  readonly names: readonly string[] | null
  /** The step of its first column where that isn't 0. */
  readonly origin?: number
}

/** Numbers of one tensor that a window still holds and draws. */
const mostNumbers = 50_000_000

/**
 * What was opened last: the trace of one sequence through one run's network. Its tensors are fetched when they are looked
 * at. The newest question wins; an older answer is dropped.
 */
export const useInspector = defineStore('inspector', () => {
  const { rpc } = useHost()
  const trace = shallowRef<Trace | null>(null)
  /** What `trace` was computed from. */
  const input = shallowRef<LookedInputSpec | null>(null)
  const error = shallowRef<ErrorEnvelope | null>(null)
  const pending = ref(false)
  const sheets = new Map<string, Promise<Sheet>>()
  let asked = 0

  const close = (old: Trace | null) => { if (old) rpc.call('inspect.close', { trace: old.trace }).catch(() => {}) }

  async function open(id: string, from: LookedInputSpec): Promise<void> {
    const question = ++asked
    pending.value = true
    try {
      const found = markRaw(await rpc.call('inspect.open', { id, input: from }))
      if (question !== asked) return close(found)
      const before = trace.value
      sheets.clear()
      trace.value = found
      input.value = from
      error.value = null
      close(before)
    } catch (reason) {
      if (question === asked) error.value = UnrollError.from(reason).toJSON()
    } finally {
      if (question === asked) pending.value = false
    }
  }

  /** Reads the same again: while the run trains, the answer changes. */
  async function refresh(): Promise<void> {
    if (trace.value && input.value && !pending.value) await open(trace.value.runId, input.value)
  }

  /**
   * Asks about the trace; one that is no longer held is opened again first.
   * @throws UnrollError
   */
  async function ask<T>(question: (trace: string) => Promise<T>): Promise<T> {
    const held = trace.value
    if (!held) throw new UnrollError('inspect.no-trace', 'Nothing is open.')
    try {
      return await question(held.trace)
    } catch (reason) {
      if (UnrollError.from(reason).code !== 'inspect.no-trace' || trace.value !== held) throw reason
      await refresh()
      if (trace.value === held || !trace.value) throw reason
      return question(trace.value.trace)
    }
  }

  /** A tensor of the trace. @throws UnrollError */
  function sheet(tensor: string): Promise<Sheet> {
    const known = sheets.get(tensor)
    if (known) return known
    const asking = read(tensor)
    sheets.set(tensor, asking)
    asking.catch(() => { if (sheets.get(tensor) === asking) sheets.delete(tensor) })
    return asking
  }

  async function read(tensor: string): Promise<Sheet> {
    const held = trace.value
    const spec = held?.tensors.find(({ name }) => name === tensor)
    if (!held || !spec) throw new UnrollError('inspect.no-tensor', `This network has no “${tensor}”.`)
    if (spec.steps * spec.width > mostNumbers) {
      throw new UnrollError('inspect.too-long', `${spec.steps} steps of ${spec.width} numbers are more than can be shown at once.`, { hint: `Choose at most ${Math.floor(mostNumbers / spec.width)} steps.` })
    }
    const { values } = await ask((id) => rpc.call('inspect.window', { trace: id, tensor, from: 0, to: spec.steps }))
    const decoder = spec.stack === 'decoder.'
    const labels = (held.timelines.find(({ stack }) => stack === spec.stack) ?? held.timelines[0]!).labels
    const told = held.surprise && (decoder || held.timelines.length === 1) ? held.surprise : null
    return markRaw({ runId: held.runId, step: held.step, units: spec.width, steps: spec.steps, labels, hidden: values!, surprise: told, tensor, names: spec.of === 'y' ? held.outputs : null })
  }

  /** The numbers that were read at each step shown; null where symbols were. @throws UnrollError */
  async function inputs(): Promise<{ width: number; steps: number; values: Float32Array } | null> {
    const held = trace.value
    if (held?.reads !== 'numbers') return null
    const { width, values } = await ask((id) => rpc.call('inspect.window', { trace: id, tensor: 'x', from: 0, to: held.steps }))
    return markRaw({ width, steps: held.steps, values: values! })
  }

  const moment = (step: number, stack: Trace['timelines'][number]['stack']): Promise<Moment> => ask((id) => rpc.call('inspect.moment', { trace: id, step, stack }))

  function clear(): void {
    asked++
    close(trace.value)
    trace.value = null
    input.value = null
    error.value = null
    pending.value = false
    sheets.clear()
  }

  return { trace, input, error, pending, open, refresh, ask, sheet, inputs, moment, clear }
})
