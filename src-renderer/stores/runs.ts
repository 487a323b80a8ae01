import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { Experiment } from '@shared/experiment/schema'
import type { Damaged, Run } from '@shared/rpc/schemas'
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
  /** Runs whose folder can't be read. */
  const damaged = shallowRef<readonly Damaged[]>([])
  const loaded = ref(false)
  const error = shallowRef<ErrorEnvelope | null>(null)
  /** The run that the run screens show when their address names none. */
  const currentId = ref<string | null>(null)
  const current = computed(() => list.value.find((run) => run.id === currentId.value) ?? list.value.find(isLive) ?? list.value[0] ?? null)
  const active = computed(() => list.value.filter((run) => run.state === 'running' || run.state === 'preparing'))
  const damagedById = (id: string | null): Damaged | null => damaged.value.find((run) => run.id === id) ?? null
  const byId = (id: string | null): Run | null => list.value.find((run) => run.id === id) ?? null
  const ofDataset = (datasetId: string): readonly Run[] => list.value.filter((run) => run.datasetId === datasetId)

  function put(run: Run): Run {
    const known = list.value.some((other) => other.id === run.id)
    list.value = known ? list.value.map((other) => other.id === run.id ? run : other) : [run, ...list.value].sort(newestFirst)
    return run
  }

  async function load(): Promise<void> {
    try {
      const [runs, unread] = await Promise.all([rpc.call('runs.list'), rpc.call('runs.damaged')])
      list.value = [...runs].sort(newestFirst)
      damaged.value = unread
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

  /** A damaged run, once somebody mended its folder. */
  async function recheck(id: string): Promise<Run | null> {
    const run = await ask(rpc.call('runs.recheck', { id }))
    if (run) damaged.value = damaged.value.filter((other) => other.id !== id)
    return run
  }

  async function restore(id: string): Promise<void> {
    try {
      const run = await rpc.call('runs.restore', { id })
      if (run) put(run)
      else damaged.value = await rpc.call('runs.damaged')
    } catch (reason) {
      toasts.failure(reason)
    }
  }

  async function remove(id: string): Promise<boolean> {
    const run = byId(id) ?? damagedById(id)
    try {
      await rpc.call('runs.remove', { id })
    } catch (reason) {
      toasts.failure(reason)
      return false
    }
    list.value = list.value.filter((other) => other.id !== id)
    damaged.value = damaged.value.filter((other) => other.id !== id)
    toasts.withUndo(`Removed the run “${run?.name ?? id}”.`, () => void restore(id))
    return true
  }

  rpc.on('run.changed', ({ run }) => { put(run) })
  rpc.onConnection((connected) => { if (connected && loaded.value) void load() })

  return { list, damaged, loaded, error, currentId, current, active, byId, damagedById, ofDataset, load, recheck, get, start, pause, resume, stop, remove, restore }
})

const newestFirst = (a: Run, b: Run): number => b.created.localeCompare(a.created)
