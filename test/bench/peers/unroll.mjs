// Unroll, as `unroll bench` times it: the built compute worker, driven through its protocol.
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { ensureBuilt } from '../../../build/bin/build.mjs'
import { answer } from './worker.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
await ensureBuilt()
const { module: { aliases } } = await runnerImport(here('../../../build/aliases.ts'), { configFile: false })
const { module: { prepare } } = await runnerImport(here('./unroll-session.ts'), { configFile: false, resolve: { alias: aliases } })

await answer((size) => prepare(size, process.argv[2] ?? 'cpu'))
