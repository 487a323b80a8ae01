// npm test: builds what changed, then runs Vitest with the arguments given.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { BuildError, ensureBuilt, top } from './build.mjs'

try {
  await ensureBuilt()
} catch (error) {
  console.error(error instanceof BuildError ? error.message : error)
  process.exit(1)
}
const vitest = join(top, 'node_modules/vitest/vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { cwd: top, stdio: 'inherit' })
process.exit(status ?? 1)
