import type { MessagePortMain } from 'electron'
import type { Port } from '@shared/rpc/port'

/** Electron's MessagePort in the main process as a Port; it keeps messages until it is listened to. */
export function electronPort(port: MessagePortMain): Port {
  return {
    post: (message) => port.postMessage(message),
    listen(listener) {
      port.on('message', (event) => listener(event.data))
      port.start()
    },
    onClose: (listener) => { port.on('close', listener) },
    close: () => port.close(),
  }
}
