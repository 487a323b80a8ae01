#!/usr/bin/env node
// npx unroll …: builds when the sources have changed, then runs the command line.
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { BuildError, ensureBuilt, top } from './build.mjs'

try {
  await ensureBuilt()
} catch (error) {
  console.error(error instanceof BuildError ? error.message : error)
  process.exit(70)
}
await import(pathToFileURL(join(top, 'out/main/cli.js')).href)
