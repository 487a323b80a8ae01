import { EventEmitter } from 'node:events'
import type { BrowserWindow as Real, BrowserWindowConstructorOptions, Rectangle } from 'electron'
import type { BrowserContext } from 'playwright-core'
import { app } from './app'
import { grantedPermissions } from './session'
import { toPageAddress } from './protocol'
import { WebContentsDouble } from './web-contents'

type Members = 'loadURL' | 'show' | 'focus' | 'maximize' | 'isMaximized' | 'isMinimized' | 'restore' | 'isDestroyed' | 'isVisible' | 'destroy' | 'close' | 'getNormalBounds'

const imitated = new Set(['x', 'y', 'width', 'height', 'minWidth', 'minHeight', 'show', 'title', 'backgroundColor', 'skipTaskbar', 'webPreferences'])
let context: BrowserContext | null = null
let all: BrowserWindow[] = []

/** The Chromium in which all windows are pages. */
export function setContext(made: BrowserContext): void {
  context = made
}

export class BrowserWindow extends EventEmitter implements Pick<Real, Members> {
  readonly webContents: WebContentsDouble
  private readonly bounds: Rectangle
  private destroyed = false
  private visible: boolean
  private maximized = false
  private closing: Promise<void> | null = null

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super()
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    for (const name of Object.keys(options)) if (!imitated.has(name)) throw new TypeError(`The double has no window option ${name}.`)
    this.bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 }
    this.visible = options.show ?? true
    this.webContents = new WebContentsDouble(options.webPreferences ?? {}, async () => {
      await context!.grantPermissions(grantedPermissions(), { origin: toPageAddress('app://unroll') })
      const page = await context!.newPage()
      await page.setViewportSize({ width: this.bounds.width, height: this.bounds.height })
      return page
    })
    all.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  static getAllWindows(): BrowserWindow[] {
    return [...all]
  }

  async loadURL(address: string): Promise<void> {
    await this.webContents.load(address)
    if (!this.destroyed) this.emit('ready-to-show')
  }

  show(): void { this.visible = true }
  isVisible(): boolean { return this.visible && !this.destroyed }
  focus(): void {}
  maximize(): void { this.maximized = true }
  isMaximized(): boolean { return this.maximized }
  isMinimized(): boolean { return false }
  restore(): void {}
  isDestroyed(): boolean { return this.destroyed }
  getNormalBounds(): Rectangle { return this.bounds }

  close(): void {
    let prevented = false
    this.emit('close', { preventDefault: () => { prevented = true } })
    if (!prevented) this.destroy()
  }

  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    all = all.filter((window) => window !== this)
    this.webContents.gone()
    this.closing = this.webContents.page.then((page) => page.close()).catch(() => {})
    this.emit('closed')
  }

  /** When the page is really closed. */
  whenClosed(): Promise<void> {
    return this.closing ?? Promise.resolve()
  }
}

app.closeWindows = () => { for (const window of BrowserWindow.getAllWindows()) window.close() }
