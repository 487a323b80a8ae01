// node test/bench/run.mjs NAME [ARGUMENTS…]: runs the default export of test/bench/NAME.ts and prints one JSON line a measurement.
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { prepareKernels } from '../../build/prepare/kernels.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const [name = 'wasm-kernels', ...rest] = process.argv.slice(2)

await prepareKernels()
const { module: { aliases } } = await runnerImport(here('../../build/aliases.ts'), { configFile: false })
const { module } = await runnerImport(here(`./${name}.ts`), { configFile: false, resolve: { alias: aliases } })
console.log(JSON.stringify({ machine: cpus()[0].model, cores: cpus().length, node: process.version, started: new Date().toISOString() }))
for await (const line of module.default(...rest)) console.log(JSON.stringify(line))
