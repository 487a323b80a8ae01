import { computed, watch } from 'vue'
import { useDatasets } from '../stores/datasets'
import { useRuns } from '../stores/runs'
import { route } from './navigation'
import type { ScreenId } from './routes'
import { screenOf } from './screens'

/** Which run and which dataset the screens are about: the address says, else the last one looked at. */
export function useSubject() {
  const runs = useRuns()
  const datasets = useDatasets()

  watch(route, ({ screen, id }) => {
    if (id === null) return
    if (screenOf(screen).about === 'run') runs.currentId = id
    if (screenOf(screen).about === 'dataset') datasets.currentId = id
  }, { immediate: true })

  const runId = computed(() => screenOf(route.value.screen).about === 'run' && route.value.id ? route.value.id : runs.current?.id ?? null)
  const currentDataset = computed(() => {
    const known = (id: string | null | undefined) => id && datasets.byId(id) ? id : null
    return known(datasets.currentId) ?? known(runs.current?.datasetId) ?? datasets.list[0]?.id ?? null
  })
  /** The data screen without an id is the one for importing. */
  const datasetId = computed(() => {
    if (screenOf(route.value.screen).about === 'dataset' && route.value.id) return route.value.id
    return route.value.screen === 'data' ? null : currentDataset.value
  })

  function idFor(screen: ScreenId): string | null {
    const { about } = screenOf(screen)
    return about === 'run' ? runId.value : about === 'dataset' ? currentDataset.value : null
  }

  return { runId, datasetId, idFor }
}
