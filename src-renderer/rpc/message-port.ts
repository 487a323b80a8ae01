import type { Port } from '@shared/rpc/port'

/** A DOM MessagePort as a Port; structured clone keeps typed arrays. It queues messages until it is listened to. */
export function messagePort(port: MessagePort): Port {
  return {
    post: (message) => port.postMessage(message),
    listen: (listener) => { port.onmessage = (event) => listener(event.data) },
    onClose: (listener) => port.addEventListener('close', listener),
    close: () => port.close(),
  }
}
