// node test/bench/scaling.mjs: whether a training step costs as much again for as much again of time steps, batch and layers, and what
// a second core brings (`cores`, and any of its rows: `cores lstm:128`). LSTM of 128 units, 64 wide, 32 rows, 64 steps; medians of rounds taken in turns; one JSON line each.
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Peer } from './peers/peer.mjs'
import { median, nameOf, sizes } from './peers/sizes.mjs'

const script = fileURLToPath(new URL('./peers/unroll.mjs', import.meta.url))
const usual = { cell: 'lstm', hidden: 128, input: 64, batch: 32, steps: 64, layers: 1 }
const rounded = (value) => Number(value.toFixed(3))

/** Median milliseconds of each size: every round asks for all of them. */
async function together(list, rounds = 3, count = 5) {
  const peer = new Peer('unroll', process.execPath, [script, 'cpu'])
  const ms = list.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [at, size] of list.entries()) {
      await peer.ask({ size })
      ms[at].push(...(await peer.ask({ time: count })).ms)
    }
  }
  peer.end()
  return ms.map(median)
}

const only = process.argv[2]
for (const [what, values] of [['steps', [32, 64, 128, 256]], ['batch', [16, 32, 64, 128]], ['layers', [1, 2, 3, 4]]]) {
  if (only && only !== what) continue
  const times = await together(values.map((value) => ({ ...usual, [what]: value })))
  // The cost of one more, against the first: 1 where the cost is linear; layers above the first read 128 numbers, not 64.
  const slope = (times.at(-1) - times.at(-2)) / (values.at(-1) - values.at(-2)) / ((times[1] - times[0]) / (values[1] - values[0]))
  console.log(JSON.stringify({ what, ms: Object.fromEntries(values.map((value, at) => [value, rounded(times[at])])), slopeOfLastToFirst: rounded(slope) }))
}

if (!only || only === 'cores') {
  const pinned = (cores) => new Peer('unroll', 'taskset', ['-c', cores, process.execPath, script, 'cpu'])
  if (availableParallelism() < 2 || spawnSync('taskset', ['--version']).status !== 0) console.log(JSON.stringify({ what: 'cores', cannot: 'needs two cores, and taskset' }))
  else for (const size of sizes.filter((size) => process.argv.length < 4 || process.argv.slice(3).includes(nameOf(size)))) {
    // Two programs at once, each on a core of its own, tell what the machine itself gives for a second core: memory and clock are shared.
    const peers = { one: pinned('0'), other: pinned('1'), two: pinned('0,1') }
    const ms = { one: [], two: [], beside: [] }
    for (const peer of Object.values(peers)) await peer.ask({ size })
    // A second or so each: threads that have slept wake on one core, and it takes the system a moment to part them.
    const time = Math.max(3, Math.ceil(1000 / (await peers.one.ask({ time: 3 })).ms[2]))
    for (let round = 0; round < 4; round++) {
      for (const name of ['one', 'two']) ms[name].push(...(await peers[name].ask({ time })).ms)
      for (const { ms: found } of await Promise.all([peers.one.ask({ time }), peers.other.ask({ time })])) ms.beside.push(...found)
    }
    for (const peer of Object.values(peers)) peer.end()
    const [alone, both, beside] = [ms.one, ms.two, ms.beside].map(median)
    console.log(JSON.stringify({ what: 'cores', size: nameOf(size), oneCoreMs: rounded(alone), twoCoresMs: rounded(both), gain: rounded(alone / both), twoProgramsGain: rounded(2 * alone / beside) }))
  }
}
