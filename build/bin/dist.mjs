// npm run dist: builds, then packages with electron-builder for this system; arguments go on to it (`--dir`: no installer).
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { BuildError, ensureBuilt, top } from './build.mjs'

try {
  await ensureBuilt()
} catch (error) {
  console.error(error instanceof BuildError ? error.message : error)
  process.exit(1)
}
const bin = join(top, 'node_modules/electron-builder/cli.js')
const child = spawn(process.execPath, [bin, '--config', 'build/electron-builder.yml', '--publish', 'never', ...process.argv.slice(2)], { cwd: top, stdio: ['ignore', 'pipe', 'pipe'] })
let output = ''
for (const stream of [child.stdout, child.stderr]) {
  stream.on('data', (data) => {
    output += data
    process.stdout.write(data)
  })
}
child.on('close', (code) => {
  if (code !== 0 && /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|HTTPError|status code|fetch failed|cannot resolve/i.test(output)) {
    console.error('\nPackaging needs Electron\'s binaries, and they could not be fetched from here; run it where GitHub\'s releases (or ELECTRON_MIRROR) can be reached.')
  }
  process.exit(code ?? 1)
})
