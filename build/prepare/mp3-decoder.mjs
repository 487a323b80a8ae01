// Puts minimp3 (CC0, as WebAssembly without imports by the npm package minimp3-wasm) into build/generated/mp3-decoder.ts as base64,
// so that it needs neither files nor network. Skips when it is there already; it appears whole or not at all.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const top = fileURLToPath(new URL('../..', import.meta.url))
const target = join(top, 'build/generated/mp3-decoder.ts')

export function prepareMp3Decoder() {
  const bytes = readFileSync(join(top, 'node_modules/minimp3-wasm/dist/decoder.opt.wasm'))
  const text = `// Made by build/prepare/mp3-decoder.mjs from minimp3-wasm, ${createHash('sha256').update(bytes).digest('hex')}\nexport const minimp3 = '${bytes.toString('base64')}'\n`
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
