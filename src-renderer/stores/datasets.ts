import { defineStore } from 'pinia'
import { ref, shallowReactive, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import { undoOf, type SplitChange } from '@shared/experiment/split-change'
import type { Params } from '@shared/rpc/contract'
import type { Audit, Damaged, Dataset, DatasetDetails, Report, SplitPreview } from '@shared/rpc/schemas'
import { useHost } from '../rpc/use-host'
import { useToasts } from '../shell/toasts'

/** The datasets that were imported, newest first, and the details of those that were looked at. */
export const useDatasets = defineStore('datasets', () => {
  const { rpc } = useHost()
  const toasts = useToasts()
  const list = shallowRef<readonly Dataset[]>([])
  /** Datasets whose folder can't be read. */
  const damaged = shallowRef<readonly Damaged[]>([])
  const loaded = ref(false)
  const error = shallowRef<ErrorEnvelope | null>(null)
  const details = shallowReactive(new Map<string, DatasetDetails>())
  /** Why a dataset's details, or a change of them, failed. */
  const detailErrors = shallowReactive(new Map<string, ErrorEnvelope>())
  const currentId = ref<string | null>(null)
  const byId = (id: string | null): Dataset | null => list.value.find((dataset) => dataset.id === id) ?? null

  function put(dataset: Dataset): Dataset {
    list.value = [dataset, ...list.value.filter((other) => other.id !== dataset.id)].sort((a, b) => b.created.localeCompare(a.created))
    return dataset
  }

  function keep(found: DatasetDetails): DatasetDetails {
    details.set(found.dataset.id, found)
    detailErrors.delete(found.dataset.id)
    put(found.dataset)
    return found
  }

  async function load(): Promise<void> {
    try {
      const [found, unread] = await Promise.all([rpc.call('datasets.list'), rpc.call('datasets.damaged')])
      list.value = [...found].sort((a, b) => b.created.localeCompare(a.created))
      damaged.value = unread
      error.value = null
      loaded.value = true
    } catch (reason) {
      error.value = UnrollError.from(reason).toJSON()
    }
  }

  async function open(id: string): Promise<DatasetDetails | null> {
    const known = details.get(id)
    if (known) return known
    try {
      return keep(await rpc.call('datasets.get', { id }))
    } catch (reason) {
      detailErrors.set(id, UnrollError.from(reason).toJSON())
      return null
    }
  }

  /** What another split would put where. @throws UnrollError */
  const previewSplit = (id: string, change: SplitChange): Promise<SplitPreview> => rpc.call('datasets.previewSplit', { id, change })

  /** Applies a change of the split, with a way back. @throws never: an error stays beside the dataset */
  async function setSplit(id: string, change: SplitChange, { told = 'Changed the split.', undoable = true } = {}): Promise<boolean> {
    const before = byId(id)?.experiment.data
    try {
      keep(await rpc.call('datasets.setSplit', { id, change }))
      if (before && undoable) toasts.withUndo(told, () => void setSplit(id, undoOf(before, change), { undoable: false }))
      return true
    } catch (reason) {
      detailErrors.set(id, UnrollError.from(reason).toJSON())
      return false
    }
  }

  /** The dataset of a built-in sample: imported on first use, found again later. @throws UnrollError */
  const fromSample = async (sample: string): Promise<Dataset> => put(await rpc.call('datasets.fromSample', { sample }))

  /** What crosses the split, asked anew each time. @throws UnrollError */
  const audit = (id: string): Promise<Audit> => rpc.call('datasets.audit', { id })

  /** What was read, repaired and left out: a page of it. @throws UnrollError */
  const report = (question: Params<'datasets.report'>): Promise<Report> => rpc.call('datasets.report', question)

  /** Puts what was read again in the dataset's place, with a way back. @throws UnrollError */
  async function replace(id: string): Promise<void> {
    const { dataset } = keep(await rpc.call('datasets.replace', { id }))
    toasts.withUndo(`“${dataset.name}” holds what its source holds now.`, () => void putBack(id))
  }

  async function putBack(id: string): Promise<void> {
    try {
      keep(await rpc.call('datasets.putBack', { id }))
    } catch (reason) {
      toasts.failure(reason)
    }
  }

  async function remove(id: string): Promise<boolean> {
    const name = byId(id)?.name ?? damaged.value.find((other) => other.id === id)?.name ?? id
    try {
      await rpc.call('datasets.remove', { id })
    } catch (reason) {
      toasts.failure(reason)
      return false
    }
    list.value = list.value.filter((dataset) => dataset.id !== id)
    damaged.value = damaged.value.filter((other) => other.id !== id)
    details.delete(id)
    toasts.withUndo(`Removed the dataset “${name}”.`, () => void restore(id))
    return true
  }

  /** A damaged dataset, once somebody mended its folder. */
  async function recheck(id: string): Promise<void> {
    try {
      put(await rpc.call('datasets.recheck', { id }))
      damaged.value = damaged.value.filter((other) => other.id !== id)
      detailErrors.delete(id)
    } catch (reason) {
      toasts.failure(reason)
    }
  }

  async function restore(id: string): Promise<void> {
    try {
      const dataset = await rpc.call('datasets.restore', { id })
      if (dataset) put(dataset)
      else damaged.value = await rpc.call('datasets.damaged')
    } catch (reason) {
      toasts.failure(reason)
    }
  }

  rpc.onConnection((connected) => { if (connected && loaded.value) void load() })

  return { list, damaged, loaded, error, details, detailErrors, currentId, byId, put, load, open, previewSplit, setSplit, report, replace, audit, fromSample, recheck, remove, restore }
})
