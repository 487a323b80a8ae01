import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { Params, Result } from '@shared/rpc/contract'
import type { NewPattern, SavedPattern } from '@shared/rpc/inspect-store-schemas'
import { useHost } from '../rpc/use-host'
import { useInspector } from './inspector'
import { longTask } from './long-task'

export type Selection = Result<'inspect.select'>
export type Matches = Result<'inspect.match'>
export type Rank = NonNullable<Params<'inspect.match'>['rank']>
export type Pattern = Params<'inspect.match'>['pattern']
type Gathered = Result<'inspect.store'>

/** Select and match: units on throughout a stretch, and where else in the whole data the same are on. */
export const useMatch = defineStore('match', () => {
  const { rpc } = useHost()
  const inspector = useInspector()
  const gathered = shallowRef<Gathered | null>(null)
  const gathering = longTask(rpc, 'gather states')
  /** The first search for a unit at a threshold makes its bits, which over a long text takes a moment. */
  const searching = longTask(rpc, 'find places')
  const matches = shallowRef<Matches | null>(null)
  const saved = shallowRef<readonly SavedPattern[]>([])
  const error = shallowRef<ErrorEnvelope | null>(null)
  const busy = computed(() => gathering.progress.value !== null || searching.progress.value !== null)

  const select = (wanted: Omit<Params<'inspect.select'>, 'trace'>): Promise<Selection> => inspector.ask((trace) => rpc.call('inspect.select', { trace, ...wanted }))

  /** The places like the pattern; gathers the run's states over its data first, where other ones are held. */
  async function find(id: string, tensor: string, pattern: Pattern, rank: Rank): Promise<void> {
    error.value = null
    try {
      const store = await storeOf(id, tensor)
      matches.value = await searching.run((task) => rpc.call('inspect.match', { store, pattern, rank, context: 24, limit: 100, task }))
    } catch (reason) {
      const known = UnrollError.from(reason)
      if (known.code === 'inspect.no-store') gathered.value = null
      if (known.code !== 'inspect.cancelled') error.value = known.toJSON()
    }
  }

  async function storeOf(id: string, tensor: string): Promise<string> {
    const held = gathered.value
    const step = inspector.trace?.step
    if (held?.runId === id && held.tensor === tensor && held.step === step) return held.store
    gathered.value = await gathering.run((task) => rpc.call('inspect.store', { id, tensor, task }))
    return gathered.value.store
  }

  /** Answers whether it went well; else `error` says why not. */
  async function keep(work: () => Promise<readonly SavedPattern[]>): Promise<boolean> {
    try {
      saved.value = await work()
      error.value = null
      return true
    } catch (reason) {
      error.value = UnrollError.from(reason).toJSON()
      return false
    }
  }

  const load = (id: string) => keep(() => rpc.call('inspect.patterns', { id }))
  const save = (id: string, pattern: NewPattern) => keep(async () => [...saved.value, await rpc.call('inspect.savePattern', { id, pattern })])
  const note = (id: string, pattern: string, text: string) => keep(async () => {
    const changed = await rpc.call('inspect.notePattern', { id, pattern, note: text })
    return saved.value.map((each) => each.id === pattern ? changed : each)
  })
  const remove = (id: string, pattern: string) => keep(async () => {
    await rpc.call('inspect.removePattern', { id, pattern })
    return saved.value.filter((each) => each.id !== pattern)
  })

  return {
    gathered, gathering: gathering.progress, searching: searching.progress, cancelGathering: gathering.cancel, cancelSearch: searching.cancel,
    matches, saved, error, busy, select, find, load, save, note, remove,
  }
})
