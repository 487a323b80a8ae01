// node test/bench/memory.mjs: the resident size of `unroll train --device cpu` at step 100 and 1,000, and how it grows with the
// window and with the batch. One JSON line each. What activations take should be that of one window, whatever the text's length.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ensureBuilt, top } from '../../build/bin/build.mjs'

await ensureBuilt()
const folder = mkdtempSync(join(tmpdir(), 'unroll-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

const words = ['the ', 'whale ', 'sea ', 'ship ', 'and ', 'of ', 'sailed ', 'white ', 'captain ', 'deep.\n']
const text = (characters) => {
  let [out, at] = ['', 1]
  while (out.length < characters) out += words[(at = at * 48271 % 2147483647) % words.length]
  return out.slice(0, characters)
}

const megabytes = (pid) => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024

/** Megabytes resident after each of these steps. */
async function resident({ window, batchSize = 32, characters = 200_000, hiddenSize = 128, cell = 'lstm' }, steps) {
  writeFileSync(join(folder, 'text.txt'), text(characters))
  writeFileSync(join(folder, 'experiment.json'), JSON.stringify({
    unroll: 1, name: 'memory', device: 'cpu', data: { kind: 'text', source: 'text.txt', validation: 0, test: 0 },
    task: { output: 'every-step', loss: 'cross-entropy' }, model: { cell, hiddenSize },
    training: { window, batchSize, epochs: 100_000, maxSteps: steps.at(-1), optimizer: { kind: 'adam', learningRate: 0.001 }, clipNorm: 1, checkpointEvery: 1_000_000 },
  }))
  const child = spawn(process.execPath, [join(top, 'out/main/cli.js'), 'train', join(folder, 'experiment.json'), '--out', join(folder, `run-${Date.now()}`), '--json'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const found = {}
  for await (const line of createInterface({ input: child.stdout })) {
    const { step, split } = JSON.parse(line)
    // Metrics come in bundles: the size is read at the first line that is not before the step asked for.
    const due = steps.find((each) => !(each in found) && step >= each)
    if (split === 'train' && due !== undefined) found[due] = Number(megabytes(child.pid).toFixed(1))
  }
  return found
}

const long = await resident({ window: 64 }, [100, 250, 500, 750, 1000])
const growth = long[1000] / long[100] - 1
console.log(JSON.stringify({ what: '1,000 steps', megabytes: long, growth: Number(growth.toFixed(4)), atMost5Percent: growth <= 0.05 }))
for (const window of [64, 128, 256, 512]) console.log(JSON.stringify({ what: 'window', window, megabytes: (await resident({ window }, [20, 25]))[20] }))
for (const batchSize of [32, 64, 128]) console.log(JSON.stringify({ what: 'batch', batchSize, megabytes: (await resident({ window: 64, batchSize }, [20, 25]))[20] }))
for (const characters of [200_000, 2_000_000]) console.log(JSON.stringify({ what: 'text', characters, megabytes: (await resident({ window: 64, characters }, [20, 25]))[20] }))
