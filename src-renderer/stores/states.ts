import { defineStore } from 'pinia'
import { markRaw, ref, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { Params } from '@shared/rpc/contract'
import type { States } from '@shared/rpc/schemas'
import { useHost } from '../rpc/use-host'

export type StatesInput = Params<'inspect.states'>['input']

/** Hidden states over the input that was asked about last. The newest question wins; an older answer is dropped. */
export const useStates = defineStore('states', () => {
  const { rpc } = useHost()
  const states = shallowRef<States | null>(null)
  /** What `states` was computed from. */
  const input = shallowRef<StatesInput | null>(null)
  const error = shallowRef<ErrorEnvelope | null>(null)
  const pending = ref(false)
  let asked = 0

  async function compute(id: string, from: StatesInput): Promise<void> {
    const question = ++asked
    pending.value = true
    try {
      const found = await rpc.call('inspect.states', { id, input: from })
      if (question !== asked) return
      states.value = markRaw(found)
      input.value = from
      error.value = null
    } catch (reason) {
      if (question === asked) error.value = UnrollError.from(reason).toJSON()
    } finally {
      if (question === asked) pending.value = false
    }
  }

  /** Asks the same again: while the run trains, the answer changes. */
  async function refresh(): Promise<void> {
    if (states.value && input.value && !pending.value) await compute(states.value.runId, input.value)
  }

  function clear(): void {
    asked++
    states.value = null
    input.value = null
    error.value = null
    pending.value = false
  }

  return { states, input, error, pending, compute, refresh, clear }
})
