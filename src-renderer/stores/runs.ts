import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import type { Run } from '@shared/rpc/schemas'
import { useHost } from '../rpc/use-host'
import { useToasts } from '../shell/toasts'

/** A run that a worker is busy with, or that will go on when asked. */
export const isLive = (run: Run): boolean => ['preparing', 'running', 'paused', 'stopping'].includes(run.state)

/**
 * The runs, newest first, kept current by `run.changed`. Metric points don't pass through here: they arrive twenty
 * times a second, so stores/metrics.ts keeps them in buffers of its own, outside Vue's proxies.
 */
export const useRuns = defineStore('runs', () => {
  const { rpc } = useHost()
  const toasts = useToasts()
  const list = shallowRef<readonly Run[]>([])
  const loaded = ref(false)
  const error = shallowRef<ErrorEnvelope | null>(null)
  /** The run that the run screens show when their address names none. */
  const currentId = ref<string | null>(null)
  const current = computed(() => list.value.find((run) => run.id === currentId.value) ?? list.value.find(isLive) ?? list.value[0] ?? null)
  const active = computed(() => list.value.filter((run) => run.state === 'running' || run.state === 'preparing'))
  const byId = (id: string | null): Run | null => list.value.find((run) => run.id === id) ?? null
  const ofDataset = (datasetId: string): readonly Run[] => list.value.filter((run) => run.datasetId === datasetId)

  function put(run: Run): Run {
    const known = list.value.some((other) => other.id === run.id)
    list.value = known ? list.value.map((other) => other.id === run.id ? run : other) : [run, ...list.value].sort(newestFirst)
    return run
  }

  async function load(): Promise<void> {
    try {
      list.value = [...await rpc.call('runs.list')].sort(newestFirst)
      error.value = null
      loaded.value = true
    } catch (reason) {
      error.value = UnrollError.from(reason).toJSON()
    }
  }

  /** @throws UnrollError what keeps it from starting, with the field's path in `where.parameter` where one is at fault */
  async function start(datasetId: string, experiment: Experiment): Promise<Run> {
    const run = put(await rpc.call('runs.start', { datasetId, experiment }))
    currentId.value = run.id
    return run
  }

  /** For buttons: the new state, or a toast that says why not. */
  async function ask(call: Promise<Run>): Promise<Run | null> {
    try {
      return put(await call)
    } catch (reason) {
      toasts.failure(reason)
      return null
    }
  }

  const get = (id: string) => ask(rpc.call('runs.get', { id }))
  const pause = (id: string) => ask(rpc.call('runs.pause', { id }))
  const resume = (id: string) => ask(rpc.call('runs.resume', { id }))
  const stop = (id: string) => ask(rpc.call('runs.stop', { id }))
  const restore = (id: string) => ask(rpc.call('runs.restore', { id }))

  async function remove(id: string): Promise<boolean> {
    const run = byId(id)
    try {
      await rpc.call('runs.remove', { id })
    } catch (reason) {
      toasts.failure(reason)
      return false
    }
    list.value = list.value.filter((other) => other.id !== id)
    toasts.withUndo(`Removed the run “${run?.name ?? id}”.`, () => void restore(id))
    return true
  }

  rpc.on('run.changed', ({ run }) => { put(run) })
  rpc.onConnection((connected) => { if (connected && loaded.value) void load() })

  return { list, loaded, error, currentId, current, active, byId, ofDataset, load, get, start, pause, resume, stop, remove, restore }
})

const newestFirst = (a: Run, b: Run): number => b.created.localeCompare(a.created)
