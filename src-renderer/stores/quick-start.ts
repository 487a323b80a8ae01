import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { Run } from '@shared/rpc/schemas'
import { useDatasets } from './datasets'
import { useRuns } from './runs'

/** One click from a sample to its training run: import, then start with the sample's own settings. */
export const useQuickStart = defineStore('quick-start', () => {
  const datasets = useDatasets()
  const runs = useRuns()
  /** The sample under way. */
  const starting = shallowRef<string | null>(null)
  const failed = shallowRef<{ sample: string; error: ErrorEnvelope } | null>(null)

  async function start(sample: string): Promise<Run | null> {
    if (starting.value !== null) return null
    starting.value = sample
    failed.value = null
    try {
      const dataset = await datasets.fromSample(sample)
      return await runs.start(dataset.id, dataset.experiment)
    } catch (reason) {
      failed.value = { sample, error: UnrollError.from(reason).toJSON() }
      return null
    } finally {
      starting.value = null
    }
  }

  return { starting, failed, start }
})
