// Renders icon.svg to the sizes that packages need, with a Chromium: node build/icons/render.mjs [PATH OF A CHROMIUM]
import { readFile, writeFile } from 'node:fs/promises'
import { chromium } from 'playwright-core'

const folder = new URL('./', import.meta.url)
const svg = await readFile(new URL('icon.svg', folder), 'utf8')
const browser = await chromium.launch({ executablePath: process.argv[2] ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  for (const size of [16, 32, 48, 64, 128, 256, 512, 1024]) {
    const page = await browser.newPage({ viewport: { width: size, height: size } })
    await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`)
    const name = size === 1024 ? 'icon.png' : `${size}x${size}.png`
    await writeFile(new URL(name, folder), await page.screenshot({ omitBackground: true }))
    await page.close()
  }
} finally {
  await browser.close()
}
