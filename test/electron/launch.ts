import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as Electron from 'electron'
import { _electron, type Page } from 'playwright-core'
import { describe, vi } from 'vitest'
import { chromiumOrSkip, describeInChromium, launchChromium } from '../support/chromium'

const top = fileURLToPath(new URL('../..', import.meta.url))

/** The app under test, on Electron itself or on the double. */
export interface RunningApp {
  /** The workbench's page, loaded. */
  page: Page
  /** Runs a function in the main process with its `electron`; the function may use nothing but its arguments. */
  main<R, A = undefined>(run: (electron: typeof Electron, argument: A) => R | Promise<R>, argument?: A): Promise<R>
  /** The page of a window opened by the spec, once it is loaded. */
  pageAt(address: RegExp): Promise<Page>
  home: string
  /** Ends the app as its user would; its home stays. */
  quit(): Promise<void>
  /** Ends it and removes its home. */
  close(): Promise<void>
}

/** Electron's binary where it was fetched and can show a window; null elsewhere. */
export function electronBinary(): string | null {
  const folder = join(top, 'node_modules/electron')
  if (!existsSync(join(folder, 'path.txt'))) return null
  if (process.platform === 'linux' && ((!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) || process.getuid?.() === 0)) return null
  const path = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'))
  return existsSync(path) ? path : null
}

/** Specs of the desktop app: on Electron where its binary is, else on the double in a Chromium, else skipped with the reason. */
export function describeApp(name: string, tests: () => void): void {
  if (electronBinary()) describe(`${name} (Electron)`, tests)
  else describeInChromium(`${name} (double)`, tests)
}

/** Starts the built app with an empty home. One app a test file: its modules are loaded once. */
export async function launchApp(): Promise<RunningApp> {
  const home = mkdtempSync(join(tmpdir(), 'unroll-home-'))
  const binary = electronBinary()
  const app = await (binary ? launchElectron(binary, home) : launchDouble(home))
  let quitting: Promise<void> | null = null
  const quit = () => quitting ??= app.quit()
  return { ...app, home, quit, close: () => quit().finally(() => rmSync(home, { recursive: true, force: true })) }
}

type Launched = Omit<RunningApp, 'home' | 'close'>

async function launchElectron(executablePath: string, home: string): Promise<Launched> {
  const app = await _electron.launch({ executablePath, args: [top], env: { ...process.env as Record<string, string>, UNROLL_HOME: home } })
  const page = await app.firstWindow()
  await page.waitForLoadState()
  return {
    page,
    main: (run, argument) => app.evaluate(run as never, argument as never),
    pageAt: (address) => vi.waitUntil(() => app.windows().find((window) => address.test(window.url())), { timeout: 10_000 }),
    quit: () => app.close(),
  }
}

async function launchDouble(home: string): Promise<Launched> {
  if (chromiumOrSkip().path === null) throw new Error('There is no Chromium for the double.')
  vi.stubEnv('UNROLL_HOME', home)
  const browser = await launchChromium()
  const context = await browser.newContext()
  const double = await import('./double/electron')
  double.setContext(context)
  vi.doMock('electron', () => ({ ...double, default: double }))
  await import('../../out/main/index.js' as string)
  const window = await vi.waitUntil(() => double.BrowserWindow.getAllWindows()[0], { timeout: 30_000 })
  await vi.waitUntil(() => window.isVisible(), { timeout: 30_000 })
  return {
    page: await window.webContents.page,
    main: async (run, argument) => run(double as unknown as typeof Electron, argument as never),
    pageAt: (address) => vi.waitUntil(() => context.pages().find((page) => address.test(page.url())), { timeout: 10_000 }),
    async quit() {
      double.app.quit()
      await vi.waitUntil(() => double.app.exitCode !== null, { timeout: 30_000 })
      await browser.close()
    },
  }
}
