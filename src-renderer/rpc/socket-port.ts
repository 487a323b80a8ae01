import type { Port } from '@shared/rpc/port'
import { heartbeat } from '@shared/rpc/serve-paths'
import { decodeMessage, encodeMessage } from './message-codec'

/** An open WebSocket as a Port. It closes itself when the server's heartbeat fails to come (sleep, a lost network). */
export function socketPort(socket: WebSocket): Port {
  const early: unknown[] = []
  let deliver: ((message: unknown) => void) | null = null
  let lost: ReturnType<typeof setTimeout>
  const heard = () => {
    clearTimeout(lost)
    lost = setTimeout(() => socket.close(), heartbeat.lostAfterMs)
  }
  heard()
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('message', ({ data }) => {
    heard()
    if (data === heartbeat.ask) socket.send(heartbeat.answer)
    if (!(data instanceof ArrayBuffer)) return
    const message = decodeMessage(new Uint8Array(data))
    if (deliver === null) early.push(message)
    else deliver(message)
  })
  socket.addEventListener('close', () => clearTimeout(lost))
  return {
    post: (message) => socket.send(encodeMessage(message) as Uint8Array<ArrayBuffer>),
    listen(listener) {
      deliver = listener
      for (const message of early.splice(0)) listener(message)
    },
    onClose: (listener) => socket.addEventListener('close', () => listener()),
    close: () => socket.close(),
  }
}
