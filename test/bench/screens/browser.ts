import { chromium, type Browser } from 'playwright-core'
import { chromiumFlags, findChromium } from '../../support/chromium'

/**
 * How Chromium draws here, where no GPU is: `software`, its own rasteriser on the CPU, as on a user's machine without
 * one; `swiftshader`, a GPU emulated by the CPU, which the tests need for WebGPU. Neither is what a GPU takes.
 */
export type Rasteriser = 'software' | 'swiftshader'

export function openBrowser(rasteriser: Rasteriser): Promise<Browser> {
  const { path, reason } = findChromium()
  if (path === null) throw new Error(reason)
  const flags = chromiumFlags.filter((flag) => rasteriser === 'swiftshader' || !/swiftshader|webgpu/.test(flag))
  return chromium.launch({ headless: true, executablePath: path, args: [...flags, ...rasteriser === 'software' ? ['--disable-gpu'] : []] })
}
