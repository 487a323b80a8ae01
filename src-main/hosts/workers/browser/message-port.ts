import type { Port } from '@shared/rpc/port'

/** A browser's MessagePort as a Port; it keeps messages until it is listened to. */
export function messagePort(port: MessagePort): Port {
  return {
    post: (message) => port.postMessage(message),
    listen: (listener) => { port.onmessage = ({ data }) => listener(data) },
    onClose: (listener) => port.addEventListener('close', listener),
    close: () => port.close(),
  }
}
