import { ipcRenderer } from 'electron'
import { computePortMessage } from '@shared/rpc/desktop-bridge'
import { channels } from '../channels'

// The hidden window's page hands the port on to its worker; it gets nothing else.
ipcRenderer.on(channels.computePort, (event) => window.postMessage(computePortMessage, location.origin, event.ports))
