// Copies minimp3's WebAssembly (CC0, compiled by minimp3-wasm, Apache-2.0) into build/generated/minimp3.ts, as base64: the package's own
// loader fetches it by an address, which neither Node nor a packaged app has.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const top = fileURLToPath(new URL('../..', import.meta.url))
const target = join(top, 'build/generated/minimp3.ts')

export function prepareMinimp3() {
  const bytes = readFileSync(join(top, 'node_modules/minimp3-wasm/dist/decoder.opt.wasm'))
  const text = `// Made by build/prepare/minimp3.mjs\nexport const minimp3 = '${bytes.toString('base64')}'\n`
  if (textOf(target) === text) return
  mkdirSync(join(top, 'build/generated'), { recursive: true })
  writeFileSync(`${target}.${process.pid}`, text)
  renameSync(`${target}.${process.pid}`, target)
}

function textOf(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
