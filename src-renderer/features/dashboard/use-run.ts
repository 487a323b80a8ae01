import { computed, onMounted, ref, watch } from 'vue'
import { useRuns } from '../../stores/runs'

/** The run that a screen is about: the one named in its address, else the one looked at last, else the newest. */
export function useRun(runId: () => string | null) {
  const runs = useRuns()
  const asked = ref(false)
  const run = computed(() => runId() === null ? runs.current : runs.byId(runId()))
  /** The list is still on its way. */
  const waiting = computed(() => !runs.loaded && !runs.error && !asked.value)

  onMounted(async () => {
    if (!runs.loaded) await runs.load()
    asked.value = true
  })
  watch(runId, (id) => { if (id !== null) runs.currentId = id }, { immediate: true })
  return { run, waiting, runs }
}
