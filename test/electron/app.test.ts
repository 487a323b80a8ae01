import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { appInfoSchema } from '@shared/rpc/schemas'
import { type RunningApp, describeApp, launchApp } from './launch'
import { askOverPort, registerFromDisk } from './raw-rpc'

const workbenchPreload = fileURLToPath(new URL('../../out/preload/workbench.cjs', import.meta.url))

describeApp('the desktop app', () => {
  let app: RunningApp
  beforeAll(async () => { app = await launchApp() })
  afterAll(() => app?.close())

  it('opens one workbench, and shows it once it is painted', async () => {
    const windows = await app.main(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => [window.webContents.getURL(), window.isVisible()]))
    expect(windows).toContainEqual(['app://unroll/index.html', true])
    expect(await app.page.title()).toContain('Unroll')
    expect(await app.main(({ Menu }) => Menu.getApplicationMenu()?.items.length)).toBeGreaterThan(3)
  })

  it('gives the page two functions, and nothing of Node or Electron', async () => {
    const seen = await app.page.evaluate(() => ({
      leaked: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron', 'global'].filter((name) => name in window),
      bridge: Object.keys(window.unroll!).sort(),
      frozen: Object.isFrozen(window.unroll),
    }))
    expect(seen).toEqual({ leaked: [], bridge: ['connect', 'registerFile'], frozen: true })
  })

  it('answers app.info over the window\'s port', async () => {
    const { r, e } = await askOverPort(app.page, 'app.info', null)
    expect(e).toBeUndefined()
    expect(appInfoSchema.parse(r)).toMatchObject({ host: 'desktop', home: app.home })
  })

  it('refuses a bad payload and an unknown method with an envelope', async () => {
    const bad = await askOverPort(app.page, 'runs.get', { id: '../../etc/passwd' })
    expect(bad.e?.code).toBe('rpc.bad-payload')
    const unknown = await askOverPort(app.page, 'constructor', null)
    expect(unknown.e?.code).toBe('rpc.unknown-method')
    expect(JSON.stringify([bad, unknown])).not.toMatch(/node:|\.js|stack/)
  })

  it('runs no code from a string, inline or elsewhere, and asks no other machine', async () => {
    const outcome = await app.page.evaluate(async () => {
      const violations: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
      const script = document.createElement('script')
      script.textContent = 'window.inlineRan = true'
      document.body.append(script)
      // Of its own accord: what the spec runs directly, the debugger excuses from the policy.
      const evaluated = await new Promise((resolve) => setTimeout(() => {
        try { resolve((0, eval)('1')) } catch (error) { resolve((error as Error).name) }
      }))
      const fetched = await fetch('https://example.com/').then(() => 'answered', () => 'refused')
      const frame = document.createElement('iframe')
      frame.src = 'https://example.com/'
      document.body.append(frame)
      await new Promise((resolve) => setTimeout(resolve, 300))
      frame.remove()
      return { inline: 'inlineRan' in window, evaluated, fetched, violations: [...new Set(violations)].sort() }
    })
    expect(outcome).toEqual({ inline: false, evaluated: 'EvalError', fetched: 'refused', violations: ['connect-src', 'frame-src', 'script-src', 'script-src-elem'] })
  })

  it('finds no file outside the workbench', async () => {
    const statuses = await app.page.evaluate(() => Promise.all(
      ['/../../package.json', '/..%2f..%2fpackage.json', '/%2e%2e/main/index.js', '//main/index.js', '/nowhere', '/'].map((path) => fetch(location.origin + path).then(({ status }) => status)),
    ))
    expect(statuses).toEqual([404, 404, 404, 404, 404, 200])
  })

  it('denies navigation and new windows', async () => {
    const before = app.page.url()
    await app.page.evaluate(() => {
      const link = document.createElement('a')
      link.href = 'https://example.com/'
      document.body.append(link)
      link.click()
      link.remove()
      window.open('https://example.com/')
    })
    await app.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)))
    expect(app.page.url()).toBe(before)
    expect(await app.page.evaluate(() => document.title)).toContain('Unroll')
    const addresses = await app.main(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.webContents.getURL()))
    expect(addresses.filter((address) => !address.startsWith('app://unroll/'))).toEqual([])
  })

  it('denies every permission', async () => {
    expect(await app.page.evaluate(() => Notification.requestPermission())).toBe('denied')
    expect(await app.page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state)).not.toBe('granted')
  })

  it('turns a file of the user\'s into a token and keeps its path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'unroll-drop-'))
    try {
      const path = join(folder, 'moby.txt')
      await writeFile(path, 'Call me Ishmael. Some years ago, never mind how long precisely.')
      const answer = await registerFromDisk(app.page, path) as { file: { token: string; name: string; bytes: number } }
      expect(answer.file).toEqual({ token: expect.any(String), name: 'moby.txt', bytes: 63 })
      expect(JSON.stringify(answer)).not.toContain(folder)
      const preview = await askOverPort(app.page, 'datasets.preview', { file: answer.file.token, options: { kind: 'text' } })
      expect(preview).toMatchObject({ r: { kind: 'text', characters: 63 } })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('takes no file that a script made', async () => {
    const answer = await app.page.evaluate(() => window.unroll!.registerFile(new File(['x'], '/etc/passwd')))
    expect(answer).toMatchObject({ error: { code: 'file.not-on-disk' } })
  })

  it('refuses every other window, though it has the workbench\'s preload', async () => {
    await app.main(async ({ BrowserWindow }, preload) => {
      const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true, contextIsolation: true } })
      await window.loadURL('app://unroll/compute.html?forged')
    }, workbenchPreload)
    const forged = await app.pageAt(/compute\.html\?forged$/)
    expect(await forged.evaluate(() => window.unroll!.registerFile(new File(['x'], 'x')))).toMatchObject({ error: { code: 'ipc.refused' } })
    const port = await forged.evaluate(() => new Promise((resolve) => {
      window.addEventListener('message', (event) => resolve(event.data))
      window.unroll!.connect()
      setTimeout(() => resolve('none came'), 500)
    }))
    expect(port).toBe('none came')
    await forged.close()
  })
})
