// npm run bench:peers -- [--rows lstm:128,gru:512 | --rows lstm] [--peers pytorch,tfjs,brain] [--rounds 7] [--save FILE] [--report FILE]
// Times whole training steps of Unroll and of the libraries that are installed, in turns, on this machine; medians and ratios.
//   --save    adds the rows to a file of JSON lines, so that a long table can be measured in several runs
//   --report  prints the table of such a file and measures nothing
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Peer } from './peer.mjs'
import { report } from './report.mjs'
import { median, nameOf, sizes } from './sizes.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const { values: flags } = parseArgs({ options: {
  rows: { type: 'string' }, peers: { type: 'string', default: 'pytorch,tfjs,brain' }, rounds: { type: 'string', default: '7' },
  save: { type: 'string' }, report: { type: 'string' },
} })
if (flags.report) {
  console.log(report(readFileSync(flags.report, 'utf8').trim().split('\n').map((line) => JSON.parse(line))))
  process.exit(0)
}

const wanted = flags.rows?.split(',')
const rows = sizes.filter((size) => !wanted || wanted.includes(size.cell) || wanted.includes(nameOf(size)))
const kinds = flags.peers.split(',')
if (kinds.some((kind) => kind.startsWith('tf') || kind === 'brain') && !existsSync(here('./node_modules'))) {
  console.error('Installing the peers…')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: here('.'), stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' })
  if (status !== 0) console.error('npm could not install TensorFlow.js and brain.js; they are left out.')
}

/** Settings that a machine's environment may force on OpenBLAS, to its disadvantage. */
const forced = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'].filter((name) => process.env[name] !== undefined)
const cores = availableParallelism()

/**
 * PyTorch in every way that may be its fastest here: its own threads and OpenBLAS's each on one core or on all, without and with
 * what the environment forces. Both on all at once isn't one: they wait for each other, for seconds now and then.
 */
function torchWays() {
  if (!existsSync('/usr/bin/python3')) return []
  const freed = Object.fromEntries(forced.map((name) => [name, undefined]))
  return (cores > 1 ? [[1, 1], [1, cores], [cores, 1]] : [[1, 1]]).flatMap(([threads, blas]) => {
    const way = (name, env) => ({ name, start: () => new Peer('pytorch', '/usr/bin/python3', [here('./pytorch.py'), String(threads)], { OPENBLAS_NUM_THREADS: String(blas), ...env }) })
    const name = `${threads} + ${blas} threads`
    return forced.length > 0 ? [way(name, freed), way(`${name}, ${forced.join(' and ')} as set here`, {})] : [way(name, {})]
  })
}

const node = (name, script, ...args) => ({ name, start: () => new Peer(name, process.execPath, [here(script), ...args]) })
const ways = {
  unroll: [node('cpu', './unroll.mjs', 'cpu')],
  pytorch: kinds.includes('pytorch') ? torchWays() : [],
  tfjs: kinds.includes('tfjs') ? [node('wasm', './tensorflow.mjs', 'wasm')] : [],
  'tfjs-webgpu': kinds.includes('tfjs-webgpu') ? [node('webgpu', './tensorflow.mjs', 'webgpu')] : [],
  brain: kinds.includes('brain') ? [node('javascript', './brain.mjs')] : [],
}
/** Milliseconds of steps a round, and the fewest steps: threads that have slept all wake on one core, and it takes the system a moment to part them. */
const perRound = 400
const fewest = 4
/** Milliseconds a peer may take of a row altogether. */
const budget = 4_000

const lines = []
for (const size of rows) {
  const running = Object.entries(ways).flatMap(([peer, list]) => list.map((way) => ({ peer, way: way.name, process: way.start(), ms: [], about: '', cannot: null })))
  for (const one of running) {
    const { about, cannot } = await one.process.ask({ size })
    Object.assign(one, { about, cannot: cannot ?? null })
  }
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const one of running) {
      const spent = one.ms.reduce((sum, time) => sum + time, 0)
      if (one.cannot || (round >= 3 && spent > budget)) continue
      const each = spent / one.ms.length
      const count = each > perRound ? 1 : Math.max(fewest, Math.round(perRound / each))
      const { ms, cannot } = await one.process.ask({ time: round === 0 ? 1 : count })
      if (cannot) one.cannot = cannot
      else one.ms.push(...ms)
    }
  }
  for (const one of running) one.process.end()
  const line = {
    size, machine: cpus()[0].model, cores, node: process.version, when: new Date().toISOString().slice(0, 10),
    found: running.map(({ peer, way, ms, about, cannot }) => ({ peer, way, about, ...(cannot ? { cannot } : { median: median(ms), min: Math.min(...ms), max: Math.max(...ms), steps: ms.length }) })),
  }
  lines.push(line)
  if (flags.save) appendFileSync(flags.save, `${JSON.stringify(line)}\n`)
  console.error(`${nameOf(size)}: ${line.found.map(({ peer, way, median: time, cannot }) => `${peer} (${way}) ${cannot ?? `${time.toFixed(2)} ms`}`).join('; ')}`)
}
console.log(report(lines))
