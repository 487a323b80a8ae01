import { EventEmitter } from 'node:events'
import type { IpcMain } from 'electron'
import { makeClone } from './clone'

type Handler = (event: unknown, ...args: unknown[]) => unknown
const { encode, decode } = makeClone()

class IpcMainDouble extends EventEmitter {
  private readonly handlers = new Map<string, Handler>()

  handle(...[channel, handler]: Parameters<IpcMain['handle']>): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.handlers.set(channel, handler as Handler)
  }

  /** For the windows: what `ipcRenderer.invoke` gets. */
  async invoke(channel: string, event: unknown, args: unknown[]): Promise<unknown> {
    const handler = this.handlers.get(channel)
    if (!handler) throw new Error(`No handler registered for '${channel}'`)
    return decode(encode(await handler(event, ...args)))
  }
}

export const ipcMain = new IpcMainDouble()
