import type { WebSocket } from 'ws'
import type { Port } from '@shared/rpc/port'
import { heartbeat } from '@shared/rpc/serve-paths'
import { decodeMessage, encodeMessage } from '../../services/rpc/message-codec'

/** The most that may wait for a browser that reads too slowly, in bytes; beyond it the connection is given up. */
const backlogLimit = 256 * 2 ** 20

/** The server's end of the WebSocket as a Port: binary frames are messages, text frames the heartbeat. */
export function socketPort(socket: WebSocket): Port {
  const early: unknown[] = []
  let deliver: ((message: unknown) => void) | null = null
  let heardAt = Date.now()
  const beat = setInterval(() => {
    if (Date.now() - heardAt > heartbeat.lostAfterMs) socket.terminate()
    else socket.send(heartbeat.ask)
  }, heartbeat.everyMs)
  socket.on('message', (data, isBinary) => {
    heardAt = Date.now()
    if (!isBinary) return
    let message: unknown
    try { message = decodeMessage(data as Buffer) } catch { return socket.close(1007) }
    if (deliver === null) early.push(message)
    else deliver(message)
  })
  // 'close' follows, which is all that matters.
  socket.on('error', () => {})
  socket.on('close', () => clearInterval(beat))
  return {
    post(message) {
      if (socket.bufferedAmount > backlogLimit) return socket.terminate()
      if (socket.readyState === socket.OPEN) socket.send(encodeMessage(message))
    },
    listen(listener) {
      deliver = listener
      for (const message of early.splice(0)) listener(message)
    },
    onClose: (listener) => { socket.on('close', listener) },
    close: () => socket.close(),
  }
}
