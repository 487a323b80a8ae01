import { type WebContents, type WebPreferences, app, session } from 'electron'

/** Of every window: the page has no Node, no access to the preload's world, and runs in the system's sandbox. */
export const pagePreferences: WebPreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  webSecurity: true,
  webviewTag: false,
  // Electron would fetch dictionaries.
  spellcheck: false,
}

/** For all pages there will ever be: no permission, no navigation, no second window, no embedded browser. */
export function lockDownPages(): void {
  app.on('web-contents-created', (_event, contents) => lockDown(contents))
}

/** Once the app is ready. */
export function denyPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.defaultSession.setPermissionCheckHandler(() => false)
  session.defaultSession.setDevicePermissionHandler(() => false)
}

function lockDown(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', (event) => {
    // A page may reload itself.
    if (event.url !== contents.getURL()) event.preventDefault()
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
}
