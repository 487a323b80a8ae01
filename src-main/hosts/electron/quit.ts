import { app } from 'electron'
import type { Services } from '../../services/host-capabilities'

/** Holds the app's end back until running runs are paused and checkpointed. */
export function closeBeforeQuit(services: Services): void {
  let closed = false
  let closing = false
  app.on('before-quit', (event) => {
    if (closed) return
    event.preventDefault()
    if (closing) return
    closing = true
    services.close()
      .catch((error: unknown) => console.error('Ending the runs failed:', error))
      .finally(() => {
        closed = true
        app.quit()
      })
  })
}
