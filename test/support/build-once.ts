import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * The built main side (workers, command line), for tests that start threads or processes. `npm test` has built it already;
 * a single test file run by hand builds it here, once however many files ask. $UNROLL_TEST_MAIN names a build made
 * elsewhere.
 * @returns the folder that holds cli.js and the workers
 */
export const builtMain = (): Promise<string> => built ??= find()

/** Looked at once a process: a source edited while tests run doesn't rebuild under them. */
let built: Promise<string> | null = null

async function find(): Promise<string> {
  const elsewhere = process.env['UNROLL_TEST_MAIN']
  if (elsewhere !== undefined) return resolve(elsewhere)
  const { ensureBuilt, top } = await import('../../build/bin/build.mjs' as string) as { ensureBuilt(): Promise<void>; top: string }
  await ensureBuilt()
  const folder = join(top, 'out/main')
  if (!existsSync(join(folder, 'cli.js'))) throw new Error(`${folder} holds no cli.js after building.`)
  return folder
}
