import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { MessagePortMain, WebContents, WebPreferences } from 'electron'
import type { CDPSession, Page, Route } from 'playwright-core'
import { makeClone } from './clone'
import { ipcMain } from './ipc-main'
import { type FromPreload, type ToPreload, bindingName, fileMark, filesName, mainWorld, preloadWorld, receiverName } from './page-scripts'
import { PortDouble } from './ports'
import { answerRoute, fromPageAddress, toPageAddress } from './protocol'

type Members = 'getURL' | 'postMessage' | 'setWindowOpenHandler' | 'id'
const { encode, decode } = makeClone()
const worldName = 'electron-preload'
let ids = 0

/** What Electron would accept and this double does not imitate is refused, so that no test passes by it. */
const imitated = new Set(['contextIsolation', 'sandbox', 'nodeIntegration', 'webSecurity', 'webviewTag', 'spellcheck', 'preload', 'backgroundThrottling'])

function checked(preferences: WebPreferences): WebPreferences {
  for (const name of Object.keys(preferences)) if (!imitated.has(name)) throw new TypeError(`The double has no webPreferences.${name}.`)
  const { contextIsolation = true, sandbox = true, nodeIntegration = false, webSecurity = true, webviewTag = false } = preferences
  if (!contextIsolation || !sandbox || nodeIntegration || !webSecurity || webviewTag) throw new TypeError('The double has sandboxed, isolated pages only.')
  return preferences
}

/** A window's contents: a Chromium page with the preload in a world of its own. */
export class WebContentsDouble extends EventEmitter implements Pick<WebContents, Members> {
  readonly id = ++ids
  readonly page: Promise<Page>
  readonly preferences: WebPreferences
  private session: CDPSession | null = null
  private preloadContext: number | null = null
  private address = ''
  /** The address that the main process itself is loading: no navigation of the page's. */
  private loading: string | null = null
  private openHandler: Parameters<WebContents['setWindowOpenHandler']>[0] | null = null
  private readonly ports = new Map<number, PortDouble>()

  constructor(preferences: WebPreferences, newPage: () => Promise<Page>) {
    super()
    this.preferences = checked(preferences)
    this.page = newPage().then((page) => this.prepare(page))
  }

  getURL(): string {
    return this.address
  }

  setWindowOpenHandler(handler: Parameters<WebContents['setWindowOpenHandler']>[0]): void {
    this.openHandler = handler
  }

  async load(address: string): Promise<void> {
    const page = await this.page
    this.loading = toPageAddress(address)
    try {
      const response = await page.goto(this.loading)
      if (response && !response.ok()) throw new Error(`ERR_FAILED loading '${address}'`)
    } finally {
      this.loading = null
    }
    this.emit('did-finish-load')
  }

  postMessage(channel: string, message: unknown, transfer: MessagePortMain[] = []): void {
    const ports = transfer.map((port) => this.handOver(port))
    this.toPreload({ kind: 'message', channel, args: [message], ports })
  }

  /** The page is gone, and with it what it held. */
  gone(): void {
    this.endPorts()
    this.preloadContext = null
  }

  private handOver(port: MessagePortMain): number {
    if (!(port instanceof PortDouble)) throw new TypeError('Invalid value for transfer')
    // What its partner here sends to it goes to the page from now on.
    port.receive = (data) => this.toPreload({ kind: 'port', port: port.id, data })
    port.end = () => this.toPreload({ kind: 'port-closed', port: port.id })
    this.ports.set(port.id, port)
    return port.id
  }

  private endPorts(): void {
    for (const port of this.ports.values()) port.tellClosed()
    this.ports.clear()
  }

  private toPreload(message: ToPreload): void {
    if (this.preloadContext === null || !this.session) return
    const expression = `${receiverName}(${JSON.stringify(encode(message))})`
    // A page that is leaving takes its context along.
    this.session.send('Runtime.evaluate', { expression, contextId: this.preloadContext }).catch(() => {})
  }

  private async prepare(page: Page): Promise<Page> {
    await page.route('**/*', (route) => this.answer(route))
    page.on('framenavigated', (frame) => { if (frame === page.mainFrame()) this.address = fromPageAddress(frame.url()) })
    page.on('popup', (popup) => {
      const action = this.openHandler?.({ url: fromPageAddress(popup.url()), frameName: '', features: '', disposition: 'foreground-tab', referrer: { url: '', policy: 'no-referrer' } })
      if (action?.action === 'deny') void popup.close()
      else this.emit('did-create-window')
    })
    page.on('crash', () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }))
    const session = await page.context().newCDPSession(page)
    this.session = session
    await session.send('Runtime.enable')
    await session.send('DOM.enable')
    await session.send('Page.enable')
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === bindingName) void this.fromPreload(decode(payload) as FromPreload, executionContextId)
    })
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: `(${mainWorld})()` })
    if (this.preferences.preload) {
      const preload = readFileSync(this.preferences.preload, 'utf8')
      const names = JSON.stringify({ binding: bindingName, receiver: receiverName, files: filesName, fileMark })
      await session.send('Runtime.addBinding', { name: bindingName, executionContextName: worldName })
      const source = `(${preloadWorld})(${makeClone}, ${names}, (require) => { const module = { exports: {} }, exports = module.exports;\n${preload}\n})`
      await session.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName })
    }
    return page
  }

  /** Files come from protocol.handle; a navigation of the page's own is asked about first; nothing else is reached. */
  private async answer(route: Route): Promise<void> {
    const request = route.request()
    const url = request.url()
    if (request.isNavigationRequest() && request.frame().parentFrame() === null && url !== this.loading) {
      let prevented = false
      this.emit('will-navigate', { url: fromPageAddress(url), preventDefault: () => { prevented = true } })
      if (prevented) return route.abort('aborted')
    }
    await answerRoute(route)
  }

  private async fromPreload(message: FromPreload, context: number): Promise<void> {
    if (message.kind === 'started') {
      this.endPorts()
      this.preloadContext = context
    } else if (context !== this.preloadContext) return
    else if (message.kind === 'port') this.ports.get(message.port)?.deliver(message.data)
    else if (message.kind === 'port-closed') {
      this.ports.get(message.port)?.tellClosed()
      this.ports.delete(message.port)
    } else await this.ipc(message, context)
  }

  private async ipc(message: Extract<FromPreload, { kind: 'send' | 'invoke' }>, contextId: number): Promise<void> {
    const event = { sender: this, senderFrame: { url: this.address, parent: null } }
    const args = await Promise.all(message.args.map((value) => this.withPath(value, contextId)))
    if (message.kind === 'send') return void ipcMain.emit(message.channel, event, ...args)
    try {
      const value = await ipcMain.invoke(message.channel, event, args)
      this.toPreload({ kind: 'reply', id: message.id, value })
    } catch (error) {
      this.toPreload({ kind: 'failure', id: message.id, message: `Error invoking remote method '${message.channel}': ${String(error)}` })
    }
  }

  /** Puts a file's path where the preload got a mark from getPathForFile. */
  private async withPath(value: unknown, contextId: number): Promise<unknown> {
    if (typeof value !== 'string' || !value.startsWith(fileMark)) return value
    const expression = `${filesName}[${Number(value.slice(fileMark.length))}]`
    const { result } = await this.session!.send('Runtime.evaluate', { expression, contextId })
    // A File that a script made has no path; Electron answers with an empty one.
    return this.session!.send('DOM.getFileInfo', { objectId: result.objectId! }).then(({ path }) => path, () => '')
  }
}
