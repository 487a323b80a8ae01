import { EventEmitter } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from 'electron'

type Members = 'requestSingleInstanceLock' | 'enableSandbox' | 'whenReady' | 'isReady' | 'isPackaged' | 'getPath' | 'quit' | 'exit'

class AppDouble extends EventEmitter implements Pick<App, Members> {
  readonly isPackaged = false
  readonly switches = new Map<string, string | undefined>()
  readonly commandLine = { appendSwitch: (name: string, value?: string) => { this.switches.set(name, value) } }
  sandboxed = false
  /** Set when the app has ended. */
  exitCode: number | null = null
  /** Closes all windows; the windows' module sets it. */
  closeWindows: () => void = () => {}
  private ready = false
  private readonly folder = mkdtempSync(join(tmpdir(), 'unroll-electron-'))

  requestSingleInstanceLock(): boolean {
    return true
  }

  enableSandbox(): void {
    if (this.ready) throw new Error('app.enableSandbox() can only be called before app is ready')
    this.sandboxed = true
  }

  async whenReady(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    this.ready = true
  }

  isReady(): boolean {
    return this.ready
  }

  getPath(name: Parameters<App['getPath']>[0]): string {
    if (name !== 'userData' && name !== 'documents') throw new Error(`The double has no path "${name}".`)
    return this.folder
  }

  quit(): void {
    if (this.exitCode !== null) return
    let prevented = false
    this.emit('before-quit', { preventDefault: () => { prevented = true } })
    if (prevented || this.exitCode !== null) return
    this.exit(0)
    this.closeWindows()
  }

  exit(code = 0): void {
    if (this.exitCode !== null) return
    this.exitCode = code
    this.emit('quit', {}, code)
  }
}

export const app = new AppDouble()
