import { app, dialog } from 'electron'
import { UnrollError } from '@shared/errors'
import { createServices } from '../../services/create-services'
import { defaultHome } from '../node-host'
import { handleAppScheme, registerAppScheme } from './app-protocol'
import { desktopHost } from './desktop-host'
import { answerWorkbench } from './ipc'
import { setMenu } from './menu'
import { closeBeforeQuit } from './quit'
import { denyPermissions, lockDownPages } from './security'
import { openWorkbench } from './windows'

/** Everything that has to be settled before the app is ready; false when another Unroll has the screen already. */
function prepare(): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.enableSandbox()
  registerAppScheme()
  lockDownPages()
  // Chromium doesn't offer WebGPU on Linux by itself; no page but ours is ever shown.
  if (process.platform === 'linux') {
    app.commandLine.appendSwitch('enable-unsafe-webgpu')
    app.commandLine.appendSwitch('enable-features', 'Vulkan')
  }
  return true
}

async function start(): Promise<void> {
  const home = defaultHome()
  denyPermissions()
  await handleAppScheme()
  const services = await createServices(desktopHost(home))
  closeBeforeQuit(services)
  answerWorkbench(services)
  setMenu(home)
  app.on('second-instance', () => void openWorkbench())
  app.on('activate', () => void openWorkbench())
  await openWorkbench()
}

function giveUp(error: unknown): void {
  const known = UnrollError.from(error)
  console.error(error)
  dialog.showErrorBox('Unroll could not start', [known.message, known.hint].filter(Boolean).join('\n\n'))
  app.exit(known.exitCode)
}

if (prepare()) app.whenReady().then(start).catch(giveUp)
else app.quit()
