import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser, type LaunchOptions } from 'playwright-core'
import { describe } from 'vitest'

/** A Chromium to test in, or the reason why there is none. */
export type FoundChromium = { path: string; reason: null } | { path: null; reason: string }

/**
 * WebGPU and WebGL2 without a GPU come from SwiftShader, which recent Chromiums no longer take by themselves; the rest
 * keeps the browser from speaking to anyone but the test.
 */
export const chromiumFlags: readonly string[] = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge']
const places = [
  '/usr/bin', '/usr/local/bin', '/snap/bin',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/**
 * Looks for a Chromium: the one named by UNROLL_CHROMIUM (and then no other), Playwright's, the PATH, the usual places.
 * @returns its path, or a sentence saying what was looked for
 */
export function findChromium(): FoundChromium {
  const named = process.env['UNROLL_CHROMIUM']
  if (named) {
    return runnable(named) ? { path: named, reason: null } : { path: null, reason: `UNROLL_CHROMIUM names ${named}, which can't be run` }
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const candidates = [
    chromium.executablePath(),
    ...[...folders, ...places].flatMap((place) => [place, ...names.map((name) => join(place, name))]),
  ]
  const path = candidates.find(runnable)
  if (path) return { path, reason: null }
  return { path: null, reason: 'no Chromium found: none of Playwright\'s, none on the PATH, none in the usual places; set UNROLL_CHROMIUM to one' }
}

function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

let found: FoundChromium | undefined

/** `findChromium`, asked once a test file. */
export function chromiumOrSkip(): FoundChromium {
  found ??= findChromium()
  return found
}

/** Like `describe`, for tests that need a browser: without one they are reported as skipped, with the reason. */
export function describeInChromium(name: string, tests: () => void): void {
  const { reason } = chromiumOrSkip()
  if (reason === null) describe(name, tests)
  else describe.skip(`${name} (skipped: ${reason})`, tests)
}

/** Starts it, headless. The caller closes it. */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const { path, reason } = chromiumOrSkip()
  if (path === null) throw new Error(reason)
  return chromium.launch({ headless: true, ...options, executablePath: path, args: [...chromiumFlags, ...options.args ?? []] })
}
