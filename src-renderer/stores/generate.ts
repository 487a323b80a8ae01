import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { GeneratedSpec } from '@shared/experiment/generators'
import type { Dataset, Preview } from '@shared/rpc/schemas'
import { useHost } from '../rpc/use-host'
import { useDatasets } from './datasets'

/** Generated tasks: their first examples, and datasets made of them. The answer to an older question is dropped. */
export const useGenerate = defineStore('generate', () => {
  const { rpc } = useHost()
  const datasets = useDatasets()
  const preview = shallowRef<Preview | null>(null)
  const error = shallowRef<ErrorEnvelope | null>(null)
  const making = ref(false)
  let turn = 0

  async function look(data: GeneratedSpec): Promise<void> {
    const mine = ++turn
    try {
      const found = await rpc.call('datasets.previewGenerated', { data })
      if (mine !== turn) return
      preview.value = found
      error.value = null
    } catch (reason) {
      if (mine === turn) fail(reason)
    }
  }

  /** Null when it couldn't be made. */
  async function make(name: string, data: GeneratedSpec): Promise<Dataset | null> {
    making.value = true
    try {
      return datasets.put(await rpc.call('datasets.generate', { name, data }))
    } catch (reason) {
      fail(reason)
      return null
    } finally {
      making.value = false
    }
  }

  function fail(reason: unknown): void {
    preview.value = null
    error.value = UnrollError.from(reason).toJSON()
  }

  return { preview, error, making, look, make }
})
