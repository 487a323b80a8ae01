import { Menu, type MenuItemConstructorOptions, app, shell } from 'electron'

/** The native menu: the system's own items with their accelerators, and the folder where the work is. */
export function setMenu(home: string): void {
  const mac = process.platform === 'darwin'
  const file: MenuItemConstructorOptions = {
    label: '&File',
    submenu: [
      { label: 'Show the Folder of My Work', accelerator: 'CmdOrCtrl+Shift+O', click: () => { void shell.openPath(home) } },
      { type: 'separator' },
      mac ? { role: 'close' } : { role: 'quit' },
    ],
  }
  const view: MenuItemConstructorOptions = {
    label: '&View',
    submenu: [
      { role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'togglefullscreen' },
      ...app.isPackaged ? [] : [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }] satisfies MenuItemConstructorOptions[],
    ],
  }
  Menu.setApplicationMenu(Menu.buildFromTemplate([
    ...mac ? [{ role: 'appMenu' } as const] : [],
    file,
    { role: 'editMenu' },
    view,
    { role: 'windowMenu' },
  ]))
}
