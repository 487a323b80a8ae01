import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { EventPayload } from '@shared/rpc/contract'
import type { DatasetDetails, FileToken, SourceChanges } from '@shared/rpc/schemas'
import type { HandedOver } from '../rpc/host'
import { useHost } from '../rpc/use-host'
import { useDatasets } from './datasets'

/** receiving: a file is on its way to the main side; reading: what it would change is worked out; told: it waits for a decision. */
export type AgainPhase = 'idle' | 'receiving' | 'reading' | 'told' | 'replacing'

/** A dataset's source read again: what that would change, before anything is replaced. One dataset at a time. */
export const useAgain = defineStore('again', () => {
  const host = useHost()
  const { rpc } = host
  const datasets = useDatasets()
  const id = ref<string | null>(null)
  const phase = ref<AgainPhase>('idle')
  const name = ref('')
  const changes = shallowRef<SourceChanges | null>(null)
  const error = shallowRef<ErrorEnvelope | null>(null)
  const received = shallowRef<HandedOver | null>(null)
  const progress = shallowRef<EventPayload<'import.progress'> | null>(null)
  const busy = computed(() => phase.value === 'receiving' || phase.value === 'reading' || phase.value === 'replacing')
  let turn = 0
  let upload: AbortController | null = null

  rpc.on('import.progress', (payload) => { if (phase.value === 'reading') progress.value = payload })

  function clear(): void {
    turn++
    upload?.abort()
    upload = null
    id.value = null
    phase.value = 'idle'
    name.value = ''
    changes.value = error.value = received.value = progress.value = null
  }

  /** From where it was read at first, where that is known and still there; else the user is asked for it. */
  function begin(details: DatasetDetails): Promise<void> {
    const { source, dataset } = details
    return source?.state === 'same' || source?.state === 'changed' ? read(dataset.id, null, source.name) : choose(details)
  }

  async function choose({ dataset }: DatasetDetails): Promise<void> {
    const folder = dataset.kind === 'audio'
    await give()
    clear()
    const mine = turn
    upload = new AbortController()
    const onProgress = (handed: HandedOver) => {
      if (mine !== turn) return
      id.value = dataset.id
      phase.value = 'receiving'
      received.value = handed
    }
    try {
      const token: FileToken | null = folder ? await host.pickFolder('Read the folder again', onProgress, upload.signal) : await host.pickFile('Read the source again', onProgress, upload.signal)
      if (mine !== turn) return
      if (token) await read(dataset.id, token.token, token.name)
      else clear()
    } catch (reason) {
      if (mine === turn) fail(dataset.id, reason)
    }
  }

  async function read(dataset: string, token: string | null, from: string): Promise<void> {
    const mine = ++turn
    id.value = dataset
    phase.value = 'reading'
    name.value = from
    changes.value = error.value = progress.value = received.value = null
    try {
      const found = await rpc.call('datasets.readAgain', { id: dataset, file: token })
      if (mine !== turn) return
      changes.value = found
      phase.value = 'told'
    } catch (reason) {
      if (mine === turn) fail(dataset, reason)
    }
  }

  function fail(dataset: string, reason: unknown): void {
    id.value = dataset
    phase.value = 'idle'
    error.value = UnrollError.from(reason).toJSON()
  }

  async function replace(): Promise<void> {
    if (phase.value !== 'told' || id.value === null) return
    const dataset = id.value
    phase.value = 'replacing'
    try {
      await datasets.replace(dataset)
      clear()
    } catch (reason) {
      fail(dataset, reason)
    }
  }

  /** Gives up what is under way, or keeps the old one. */
  async function give(): Promise<void> {
    const was = phase.value
    clear()
    if (was === 'reading') await rpc.call('datasets.cancel').catch(() => null)
    if (was === 'told') await rpc.call('datasets.discardAgain').catch(() => null)
  }

  return { id, phase, name, changes, error, received, progress, busy, begin, choose, replace, give }
})
