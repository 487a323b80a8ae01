import { createPinia } from 'pinia'
import { type App as VueApp, createApp } from 'vue'
import App from './App.vue'
import type { WorkbenchHost } from './rpc/host'
import { hostKey } from './rpc/use-host'
import { useToasts } from './shell/toasts'

/** The whole workbench over a connected host; mount it where it shall stand. */
export function createWorkbench(host: WorkbenchHost): VueApp {
  const app = createApp(App)
  const pinia = createPinia()
  app.provide(hostKey, host)
  app.use(pinia)
  // A fault in one screen becomes a message, not a dead window.
  app.config.errorHandler = (error) => {
    console.error(error)
    useToasts(pinia).failure(error)
  }
  return app
}
