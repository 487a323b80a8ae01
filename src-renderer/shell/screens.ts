import { type Component, defineAsyncComponent } from 'vue'
import { IconAdjustmentsHorizontal, IconChartLine, IconDatabase, IconDownload, IconGrid4x4, IconHome, IconSparkles } from '@tabler/icons-vue'
import type { ActionId } from './accelerators'
import type { ScreenId } from './routes'

export interface Screen {
  id: ScreenId
  title: string
  /** Which of the user's things the screen is about: its id stands in the address and becomes the component's prop. */
  about: 'nothing' | 'dataset' | 'run'
  icon: Component
  action: ActionId
  /** Fetches its code, once. */
  load: () => Promise<{ default: Component }>
  component: Component
}

/** In the order of the work. Components of `run` screens take `runId: string | null`, of `dataset` screens `datasetId`. */
const loaded: readonly Omit<Screen, 'component'>[] = [
  { id: 'start', title: 'Start', about: 'nothing', icon: IconHome, action: 'go.start', load: () => import('../features/start/StartScreen.vue') },
  { id: 'data', title: 'Data', about: 'dataset', icon: IconDatabase, action: 'go.data', load: () => import('../features/datasets/DataScreen.vue') },
  { id: 'model', title: 'Model', about: 'dataset', icon: IconAdjustmentsHorizontal, action: 'go.model', load: () => import('../features/experiment/ModelScreen.vue') },
  { id: 'dashboard', title: 'Dashboard', about: 'run', icon: IconChartLine, action: 'go.dashboard', load: () => import('../features/dashboard/DashboardScreen.vue') },
  { id: 'states', title: 'Hidden states', about: 'run', icon: IconGrid4x4, action: 'go.states', load: () => import('../features/inspector/StatesScreen.vue') },
  { id: 'playground', title: 'Playground', about: 'run', icon: IconSparkles, action: 'go.playground', load: () => import('../features/playground/PlaygroundScreen.vue') },
  { id: 'export', title: 'Export', about: 'run', icon: IconDownload, action: 'go.export', load: () => import('../features/export/ExportScreen.vue') },
]

export const screens: readonly Screen[] = loaded.map((screen) => ({ ...screen, component: defineAsyncComponent(screen.load) }))

export const screenOf = (id: ScreenId): Screen => screens.find((screen) => screen.id === id)!
