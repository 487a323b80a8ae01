import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../shared', import.meta.url))

/** Why tests that read ../shared are skipped; null when the folder is there. */
export const sharedMissing: string | null = existsSync(folder)
  ? null
  : 'the folder "shared" with data and parity cases is not beside the project'

/** A path in the folder of data and parity cases beside the project. */
export const sharedPath = (path: string): string => `${folder}/${path}`
