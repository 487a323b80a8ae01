import type { makeClone } from './clone'

/** What the preload's world tells the main process, by a CDP binding that only that world has. */
export type FromPreload =
  | { kind: 'started' }
  | { kind: 'send'; channel: string; args: unknown[] }
  | { kind: 'invoke'; id: number; channel: string; args: unknown[] }
  | { kind: 'port'; port: number; data: unknown }
  | { kind: 'port-closed'; port: number }

export type ToPreload =
  | { kind: 'reply'; id: number; value: unknown }
  | { kind: 'failure'; id: number; message: string }
  | { kind: 'message'; channel: string; args: unknown[]; ports: number[] }
  | { kind: 'port'; port: number; data: unknown }
  | { kind: 'port-closed'; port: number }

export const bindingName = 'electronDoubleSend'
export const receiverName = 'electronDoubleReceive'
export const filesName = 'electronDoubleFiles'
/** getPathForFile must answer at once, but only the main process can ask for a path: it answers with this and a figure. */
export const fileMark = 'electron-double-file:'

/** In the page's own world: builds what the preload exposes, as functions whose arguments and results are cloned. */
export function mainWorld(): void {
  let calls = 0
  window.addEventListener('electron-double:expose', (event) => {
    const { key, names } = (event as CustomEvent<{ key: string; names: string[] }>).detail
    const functions = names.map((name) => [name, (...args: unknown[]) => call(key, name, args)])
    Object.defineProperty(window, key, { value: Object.freeze(Object.fromEntries(functions)), enumerable: true })
  })

  function call(key: string, name: string, args: unknown[]): unknown {
    const id = ++calls
    let answer: { value?: unknown; error?: string; later?: boolean } = { error: 'the preload did not answer' }
    let settle: ((answer: { value?: unknown; error?: string }) => void) | null = null
    const returned = (event: Event) => {
      const detail = (event as CustomEvent<{ id: number; value?: unknown; error?: string; later?: boolean }>).detail
      if (detail.id !== id) return
      if (settle) settle(detail)
      else answer = detail
      if (!detail.later) window.removeEventListener('electron-double:return', returned)
    }
    window.addEventListener('electron-double:return', returned)
    window.dispatchEvent(new CustomEvent('electron-double:call', { detail: { id, key, name, args: structuredClone(args) } }))
    if (answer.later) return new Promise((resolve, reject) => { settle = (late) => late.error === undefined ? resolve(late.value) : reject(new Error(late.error)) })
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer.value
  }
}

/** In the preload's isolated world: `require('electron')` as a sandboxed preload has it, and the preload itself. */
export function preloadWorld(clone: typeof makeClone, names: { binding: string; receiver: string; files: string; fileMark: string }, preload: (require: (name: string) => unknown) => void): void {
  if (window !== window.top) return
  const world = globalThis as unknown as Record<string, unknown>
  const { encode, decode } = clone()
  const send = (message: FromPreload) => (world[names.binding] as (text: string) => void)(encode(message))
  const listeners = new Map<string, ((event: unknown, ...args: unknown[]) => void)[]>()
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  const ports = new Map<number, MessagePort>()
  const files: File[] = []
  world[names.files] = files
  let invocations = 0

  const ipcRenderer = {
    send: (channel: string, ...args: unknown[]) => send({ kind: 'send', channel, args }),
    invoke(channel: string, ...args: unknown[]) {
      const id = ++invocations
      send({ kind: 'invoke', id, channel, args })
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
    },
    on(channel: string, listener: (event: unknown, ...args: unknown[]) => void) {
      listeners.set(channel, [...listeners.get(channel) ?? [], listener])
      return ipcRenderer
    },
  }
  const webUtils = {
    getPathForFile(file: unknown) {
      if (!(file instanceof File)) throw new TypeError('getPathForFile expected to receive a File object but one was not provided')
      return `${names.fileMark}${files.push(file) - 1}`
    },
  }
  const contextBridge = {
    exposeInMainWorld(key: string, api: Record<string, (...args: unknown[]) => unknown>) {
      for (const [name, value] of Object.entries(api)) if (typeof value !== 'function') throw new Error(`The double's contextBridge exposes functions only; "${name}" is none.`)
      window.addEventListener('electron-double:call', (event) => answer(key, api, event as CustomEvent))
      window.dispatchEvent(new CustomEvent('electron-double:expose', { detail: { key, names: Object.keys(api) } }))
    },
  }

  function answer(key: string, api: Record<string, (...args: unknown[]) => unknown>, event: CustomEvent<{ id: number; key: string; name: string; args: unknown[] }>): void {
    const { id, name, args } = event.detail
    if (event.detail.key !== key) return
    const give = (detail: object) => window.dispatchEvent(new CustomEvent('electron-double:return', { detail: { id, ...detail } }))
    const fail = (error: unknown) => give({ error: error instanceof Error ? error.message : String(error) })
    try {
      const value = api[name]!(...args)
      if (!(value instanceof Promise)) return void give({ value: structuredClone(value) })
      give({ later: true })
      value.then((late: unknown) => give({ value: structuredClone(late) })).catch(fail)
    } catch (error) {
      fail(error)
    }
  }

  function openPort(id: number): MessagePort {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event) => send({ kind: 'port', port: id, data: event.data })
    port1.addEventListener('close', () => send({ kind: 'port-closed', port: id }))
    ports.set(id, port1)
    return port2
  }

  world[names.receiver] = (text: string) => {
    const message = decode(text) as ToPreload
    if (message.kind === 'reply') waiting.get(message.id)?.resolve(message.value)
    else if (message.kind === 'failure') waiting.get(message.id)?.reject(new Error(message.message))
    else if (message.kind === 'port') ports.get(message.port)?.postMessage(message.data)
    else if (message.kind === 'port-closed') ports.get(message.port)?.close()
    else {
      const event = { sender: ipcRenderer, ports: message.ports.map(openPort) }
      for (const listener of listeners.get(message.channel) ?? []) listener(event, ...message.args)
    }
  }
  send({ kind: 'started' })
  preload((name) => {
    if (name === 'electron') return { contextBridge, ipcRenderer, webUtils }
    throw new Error(`A sandboxed preload can't require "${name}".`)
  })
}
