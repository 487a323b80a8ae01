import type { Dialog, MenuItemConstructorOptions, Screen, Shell } from 'electron'

/** Dialogs that nobody answers: dismissed. Specs put their own answers in their place. */
export const dialog: Pick<Dialog, 'showErrorBox'> & Record<'showOpenDialog' | 'showSaveDialog', (...args: unknown[]) => Promise<{ canceled: boolean; filePaths: string[]; filePath: string }>> = {
  showOpenDialog: async () => ({ canceled: true, filePaths: [], filePath: '' }),
  showSaveDialog: async () => ({ canceled: true, filePaths: [], filePath: '' }),
  showErrorBox: (title, content) => { throw new Error(`${title}: ${content}`) },
}

export interface MenuDouble {
  items: MenuItemConstructorOptions[]
}

let menu: MenuDouble | null = null

export const Menu = {
  buildFromTemplate: (items: MenuItemConstructorOptions[]): MenuDouble => {
    for (const item of items) if (!item.role && !item.label) throw new TypeError('Invalid template for MenuItem: must have a label, a role or a type')
    return { items }
  },
  setApplicationMenu: (made: MenuDouble | null) => { menu = made },
  getApplicationMenu: () => menu,
}

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
} satisfies Record<keyof Pick<Screen, 'getAllDisplays'>, unknown>

export const nativeTheme = { shouldUseDarkColors: false }

export const shell: Pick<Shell, 'openPath'> = { openPath: async () => '' }
