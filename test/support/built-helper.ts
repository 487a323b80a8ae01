import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { aliases } from '../../build/aliases'

let built: Promise<string> | null = null

/** The CPU's helper thread, built alone from the present sources; once a process. @returns its file */
export const builtHelper = (): Promise<string> => built ??= buildHelper()

async function buildHelper(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-helper-'))
  process.once('exit', () => { rmSync(folder, { recursive: true, force: true }) })
  await build({
    configFile: false, logLevel: 'error', resolve: { alias: aliases },
    build: {
      ssr: fileURLToPath(new URL('../../src-main/hosts/workers/cpu-helper.ts', import.meta.url)), outDir: folder, emptyOutDir: false, target: 'node20.19', minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: 'cpu-helper.mjs' } },
    },
  })
  return join(folder, 'cpu-helper.mjs')
}
