import { BrowserWindow, MessageChannelMain } from 'electron'
import { UnrollError } from '@shared/errors'
import type { ComputeWorker } from '../../services/host-capabilities'
import { pageAddress } from './app-protocol'
import { channels } from './channels'
import { electronPort } from './electron-port'
import { preloadFile } from './preload-file'
import { pagePreferences } from './security'

/**
 * A GPU worker: a hidden, sandboxed window whose page hands the port to a dedicated Worker. WebGPU comes from Chromium,
 * since Dawn can't map its buffers in Electron's Node.
 * @throws UnrollError `device.unavailable` when the window can't be loaded
 */
export async function startGpuWorker(): Promise<ComputeWorker> {
  const window = new BrowserWindow({
    show: false,
    title: 'Unroll: GPU',
    skipTaskbar: true,
    // A hidden window's timers would be slowed down, and training with them.
    webPreferences: { ...pagePreferences, preload: preloadFile('compute'), backgroundThrottling: false },
  })
  const listeners: ((reason: string) => void)[] = []
  let ended: string | null = null
  const end = (reason: string) => {
    if (ended !== null) return
    ended = reason
    for (const listener of listeners) listener(reason)
    if (!window.isDestroyed()) window.destroy()
  }
  window.webContents.on('render-process-gone', (_event, details) => end(`the GPU window's process ended (${details.reason})`))
  try {
    await window.loadURL(pageAddress('compute.html'))
  } catch (error) {
    end('it could not be loaded')
    throw new UnrollError('device.unavailable', 'The GPU\'s window could not be loaded.', { hint: 'Train on the CPU instead.', cause: error })
  }
  const { port1, port2 } = new MessageChannelMain()
  // The page closes the port when its worker can't be loaded; without this, whoever asks it would wait for ever.
  port1.on('close', () => end('the GPU window\'s worker closed the connection'))
  window.webContents.postMessage(channels.computePort, null, [port2])
  return {
    port: electronPort(port1),
    async terminate() {
      listeners.length = 0
      end('it was ended')
    },
    onExit(listener) {
      if (ended === null) listeners.push(listener)
      else listener(ended)
    },
  }
}
