// Vitest calls this before the first test, also where only one file is run: what git doesn't keep is made.
export { prepare as setup } from '../bin/prepare.mjs'
