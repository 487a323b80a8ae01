import { type BrowserWindow, type Rectangle, screen } from 'electron'
import { z } from 'zod'
import { readJson, writeJson } from '../../services/files/atomic'

const stateSchema = z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1), maximized: z.boolean() })

export interface WindowState extends Partial<Rectangle> {
  width: number
  height: number
  maximized: boolean
}

const first: WindowState = { width: 1280, height: 840, maximized: false }

/** Where the window was last, unless that screen is gone or the file is damaged. */
export async function restoredState(file: string): Promise<WindowState> {
  const read = stateSchema.safeParse(await readJson(file).catch(() => null))
  if (!read.success) return first
  const { x, y, width, height, maximized } = read.data
  const visible = screen.getAllDisplays().some(({ workArea: area }) =>
    x < area.x + area.width && x + width > area.x && y >= area.y && y < area.y + area.height)
  return visible ? { x, y, width, height, maximized } : { ...first, maximized }
}

/** Remembers it at each close. */
export function keepState(window: BrowserWindow, file: string): void {
  window.on('close', () => {
    const state = { ...window.getNormalBounds(), maximized: window.isMaximized() }
    writeJson(file, state).catch((error: unknown) => console.error('The window\'s place could not be kept:', error))
  })
}
