import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { type DesktopBridge, type GrantAnswer, desktopPortMessage } from '@shared/rpc/desktop-bridge'
import { channels } from '../channels'

// The page gets two functions and a port: never ipcRenderer, and never a path.
const bridge: DesktopBridge<File> = {
  connect: () => ipcRenderer.send(channels.connect),
  registerFile: (file) => ipcRenderer.invoke(channels.grantFile, webUtils.getPathForFile(file)) as Promise<GrantAnswer>,
}
contextBridge.exposeInMainWorld('unroll', bridge)

ipcRenderer.on(channels.port, (event) => window.postMessage(desktopPortMessage, location.origin, event.ports))
