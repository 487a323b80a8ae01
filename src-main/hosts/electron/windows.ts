import { join } from 'node:path'
import { BrowserWindow, type WebContents, app, nativeTheme } from 'electron'
import { pageAddress } from './app-protocol'
import { preloadFile } from './preload-file'
import { pagePreferences } from './security'
import { keepState, restoredState } from './window-state'

let workbench: BrowserWindow | null = null

/** The workbench's window; null when it is closed. */
export const workbenchWindow = (): BrowserWindow | null => workbench

export const isWorkbench = (contents: WebContents): boolean => workbench !== null && workbench.webContents.id === contents.id

/** Opens the workbench, or brings it to the front. */
export async function openWorkbench(): Promise<void> {
  if (workbench) {
    if (workbench.isMinimized()) workbench.restore()
    workbench.focus()
    return
  }
  const stateFile = join(app.getPath('userData'), 'window.json')
  const { maximized, ...bounds } = await restoredState(stateFile)
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 720,
    minHeight: 480,
    show: false,
    title: 'Unroll',
    // What shows until the page is painted.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    webPreferences: { ...pagePreferences, preload: preloadFile('workbench') },
  })
  workbench = window
  if (maximized) window.maximize()
  keepState(window, stateFile)
  window.once('ready-to-show', () => window.show())
  window.on('closed', () => {
    workbench = null
    // Hidden compute windows would keep the app alive.
    app.quit()
  })
  await window.loadURL(pageAddress('index.html'))
}
