import { isAbsolute } from 'node:path'
import { type IpcMainEvent, type IpcMainInvokeEvent, MessageChannelMain, ipcMain } from 'electron'
import { UnrollError } from '@shared/errors'
import type { GrantAnswer } from '@shared/rpc/desktop-bridge'
import type { Services } from '../../services/host-capabilities'
import { envelopeOf } from '../../services/rpc/envelope'
import { serveContract } from '../../services/rpc/serve-contract'
import { isOurPage } from './app-protocol'
import { channels } from './channels'
import { electronPort } from './electron-port'
import { isWorkbench } from './windows'

/** Answers the workbench's preload: its port, over which all else goes, and tokens for files the user handed over. */
export function answerWorkbench(services: Services): void {
  ipcMain.on(channels.connect, (event) => {
    if (!mayAsk(event)) return
    const { port1, port2 } = new MessageChannelMain()
    serveContract(electronPort(port1), services.handlers, services.subscribe)
    event.sender.postMessage(channels.port, null, [port2])
  })
  ipcMain.handle(channels.grantFile, async (event, path: unknown): Promise<GrantAnswer> => {
    try {
      if (!mayAsk(event)) throw new UnrollError('ipc.refused', 'Only the workbench\'s own page may hand over files.')
      if (typeof path !== 'string' || !isAbsolute(path)) {
        throw new UnrollError('file.not-on-disk', 'What was dropped is not a file on this machine.', { hint: 'Drop a file from your file manager, or choose one with the dialog.' })
      }
      return { file: await services.grantFile(path) }
    } catch (error) {
      return { error: envelopeOf(error) }
    }
  })
}

/** Only the top frame of a workbench window, while it shows a page of ours. */
function mayAsk(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame
  const may = frame !== null && frame.parent === null && isOurPage(frame.url) && isWorkbench(event.sender)
  if (!may) console.error(`Refused a message of ${frame?.url ?? 'a page that is gone'}.`)
  return may
}
