import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Path in `../shared`, the folder of real data and reference results beside the project. */
export const sharedPath = (path: string): string => fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url))

/** Null when all of these are in `../shared`, else why a test that needs them is skipped. */
export function missingShared(...paths: string[]): string | null {
  const missing = paths.filter((path) => !existsSync(sharedPath(path)))
  return missing.length === 0 ? null : `../shared/${missing.join(', ../shared/')} isn't beside the project`
}
