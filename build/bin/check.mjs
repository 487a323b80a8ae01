// npm run check: types by layer, lint with the import rules, unused code and dependencies. Two parts at a time.
// With words given, only the parts whose names hold one: npm run check -- engine lint
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { prepare } from './prepare.mjs'
import { top } from './build.mjs'

const module = (path) => join(top, 'node_modules', path)
// What didn't change since the last check isn't checked again.
const remembered = (name) => join(top, 'out/.check', name)
const types = (compiler, layer) => [`types: ${layer}`, module(compiler), '-p', `build/tsconfig/${layer}.json`, '--pretty', 'false', '--incremental', '--tsBuildInfoFile', remembered(`${layer}.tsbuildinfo`)]
const tsc = (layer) => types('typescript/bin/tsc', layer)
const vueTsc = (layer) => types('vue-tsc/bin/vue-tsc.js', layer)
// The longest first, so that the short ones fill the gaps.
const parts = [
  vueTsc('test'),
  vueTsc('renderer'),
  ['lint', module('eslint/bin/eslint.js'), '.', '--cache', '--cache-strategy', 'content', '--cache-location', remembered('eslint.json')],
  tsc('main'), tsc('engine'), tsc('browser-worker'), tsc('preload'), tsc('shared'),
  ['unused code and dependencies', module('knip/bin/knip.js')],
]

// Types of generated files have to be there.
await prepare()
const only = process.argv.slice(2)
const queue = parts.filter(([name]) => only.length === 0 || only.some((word) => name.includes(word)))
const count = queue.length
const failed = []
await Promise.all([work(), work()])
if (failed.length > 0) console.error(`\n${failed.length} of ${count} checks failed: ${failed.join(', ')}.`)
else console.log(`\nAll ${count} checks passed.`)
process.exit(failed.length > 0 ? 1 : 0)

async function work() {
  for (let part = queue.shift(); part; part = queue.shift()) {
    const [name, ...args] = part
    const started = Date.now()
    const { code, output } = await run(args)
    const seconds = ((Date.now() - started) / 1000).toFixed(1)
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'}  ${name} (${seconds} s)${output.trim() && `\n${indented(output)}`}`)
    if (code !== 0) failed.push(name)
  }
}

function run(args) {
  const child = spawn(process.execPath, args, { cwd: top, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, FORCE_COLOR: '0' } })
  let output = ''
  child.stdout.on('data', (data) => { output += data })
  child.stderr.on('data', (data) => { output += data })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

function indented(output) {
  return output.trimEnd().split('\n').map((line) => `      ${line}`).join('\n')
}
