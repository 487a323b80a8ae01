// The double's `electron`: what the main bundle imports. An export that is missing here fails the import itself.
export { app } from './app'
export { BrowserWindow } from './browser-window'
export { ipcMain } from './ipc-main'
export { MessageChannelMain } from './ports'
export { protocol } from './protocol'
export { session } from './session'
export { dialog, Menu, nativeTheme, screen, shell } from './system'
export { setContext } from './browser-window'
