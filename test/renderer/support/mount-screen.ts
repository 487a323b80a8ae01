import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { TooltipProvider } from 'reka-ui'
import { type App, type Component, createApp, h } from 'vue'
import type { WorkbenchHost } from '@renderer/rpc/host'
import { hostKey } from '@renderer/rpc/use-host'
import { useDatasets } from '@renderer/stores/datasets'
import { useRuns } from '@renderer/stores/runs'
import { waitingForFrame } from '@renderer/ui/frame-queue'

/** What App.vue has around every screen: a host, the stores, and runs and datasets on their way. */
function furnish(app: App, host: WorkbenchHost): void {
  app.provide(hostKey, host)
  app.use(createPinia())
}

/** Mounts a run screen as App.vue does. */
export async function mountScreen(screen: Component, runId: string | null, host: WorkbenchHost): Promise<VueWrapper> {
  const around = {
    install(app: App) {
      furnish(app, host)
      app.runWithContext(() => {
        void useRuns().load()
        void useDatasets().load()
      })
    },
  }
  const wrapper = mount(() => h(TooltipProvider, () => h(screen, { runId })), { attachTo: document.body, global: { plugins: [around] } })
  await settle()
  return wrapper
}

/** Lets promises, watchers, and the animation frames pass that announce new measurements and mount a screen's parts in turn. */
export async function settle(): Promise<void> {
  await flushPromises()
  do {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    await flushPromises()
  } while (waitingForFrame() > 0)
}

/** Stores over a host, without a screen. */
export function withStores<T>(host: WorkbenchHost, use: () => T): T {
  const app = createApp({ render: () => null })
  furnish(app, host)
  return app.runWithContext(use)
}
