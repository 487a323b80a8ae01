import type { ScreenId } from './routes'

export interface Accelerator {
  /** What it does, for the list of shortcuts. */
  title: string
  /** "Mod+Shift+Z"; Mod is ⌘ on Apple systems, Ctrl elsewhere. Several when more than one will do. */
  keys: readonly string[]
  /** 'everywhere', or the one screen it belongs to. */
  scope: 'everywhere' | ScreenId
  /** Works while a text field has the focus, too. */
  inText: boolean
}

const everywhere = (title: string, ...keys: string[]): Accelerator => ({ title, keys, scope: 'everywhere', inText: keys.every((key) => key.includes('Mod+')) })
const on = (scope: ScreenId, title: string, ...keys: string[]): Accelerator => ({ title, keys, scope, inText: keys.every((key) => key.includes('Mod+')) })

/** Every action with a key, in the one place there is. A key means one thing on a screen: test/renderer/shell checks it. */
export const accelerators = {
  'go.start': everywhere('Start', 'Mod+1'),
  'go.data': everywhere('Data', 'Mod+2'),
  'go.model': everywhere('Model and training', 'Mod+3'),
  'go.dashboard': everywhere('Dashboard', 'Mod+4'),
  'go.states': everywhere('Hidden states', 'Mod+5'),
  'go.playground': everywhere('Playground', 'Mod+6'),
  'go.export': everywhere('Export', 'Mod+7'),
  'file.open': everywhere('Open a data file', 'Mod+O'),
  'help.shortcuts': everywhere('Keyboard shortcuts', '?', 'Mod+/'),
  'theme.next': everywhere('Next theme: system, light, dark', 'Mod+Shift+L'),
  'import.confirm': on('data', 'Import the previewed file', 'Mod+Enter'),
  'model.train': on('model', 'Train', 'Mod+Enter'),
  'model.undo': on('model', 'Undo a change of the form', 'Mod+Z'),
  'model.redo': on('model', 'Redo', 'Mod+Shift+Z', 'Mod+Y'),
  'model.save': on('model', 'Save the experiment file', 'Mod+S'),
  'run.pauseResume': on('dashboard', 'Pause or resume training', 'Space', 'P'),
  'run.stop': on('dashboard', 'Stop training', 'Mod+.'),
  'chart.resetZoom': on('dashboard', 'Show the whole run', '0'),
  'states.compute': on('states', 'Compute hidden states', 'Mod+Enter'),
  'states.undo': on('states', 'Undo an edit of the network', 'Mod+Z'),
  'states.redo': on('states', 'Redo it', 'Mod+Shift+Z', 'Mod+Y'),
  'playground.generate': on('playground', 'Generate or forecast', 'Mod+Enter'),
  'export.save': on('export', 'Export the chosen format', 'Mod+Enter'),
} as const satisfies Record<string, Accelerator>

export type ActionId = keyof typeof accelerators

/** The keys of an action as buttons show them. */
export const keysOf = (action: ActionId): string => accelerators[action].keys[0] ?? ''

type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

/** Whether a key press is the one that `keys` names. Characters that need Shift to be typed ("?") don't name it. */
export function matches(keys: string, event: KeyPress, apple: boolean): boolean {
  const parts = keys.split('+')
  const key = parts.pop() ?? ''
  const mod = parts.includes('Mod')
  if (event.altKey !== parts.includes('Alt')) return false
  if ((apple ? event.metaKey : event.ctrlKey) !== mod) return false
  if ((apple ? event.ctrlKey : event.metaKey)) return false
  const isSign = key.length === 1 && !/[a-z0-9]/i.test(key)
  if (!isSign && event.shiftKey !== parts.includes('Shift')) return false
  if (/^\d$/.test(key)) return event.code === `Digit${key}` || event.code === `Numpad${key}` || event.key === key
  return event.key.toLowerCase() === (key === 'Space' ? ' ' : key.toLowerCase())
}

/** The actions a key press stands for on a screen, the screen's own first. */
export function actionsFor(event: KeyPress, screen: ScreenId, apple: boolean): ActionId[] {
  return (Object.keys(accelerators) as ActionId[])
    .filter((id) => {
      const accelerator: Accelerator = accelerators[id]
      return (accelerator.scope === 'everywhere' || accelerator.scope === screen) && accelerator.keys.some((keys) => matches(keys, event, apple))
    })
    .sort((a, b) => Number(accelerators[a].scope === 'everywhere') - Number(accelerators[b].scope === 'everywhere'))
}
