// Trains the experiments of this folder, those named or all, and prints what each reached beside its baselines:
//   node test/known-results/run.mjs [names…] [--out FOLDER]
import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const program = join(folder, '../../build/bin/unroll.mjs')
const given = process.argv.slice(2)
const outAt = given.indexOf('--out')
const out = outAt < 0 ? join(tmpdir(), `unroll-known-results-${process.pid}`) : given[outAt + 1]
const wanted = outAt < 0 ? given : given.toSpliced(outAt, 2)
const names = wanted.length > 0 ? wanted : readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))

const figure = (value) => (value === undefined ? '–' : value.toPrecision(4))
console.log('| experiment | seed | steps | loss | accuracy | error | best baseline | seconds |\n|---|---|---|---|---|---|---|---|')
for (const name of names) {
  const run = join(out, name)
  const { status } = spawnSync(process.execPath, [program, 'train', join(folder, `${name}.json`), '--out', run], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
  const metrics = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line))
  const held = metrics.filter(({ split }) => split === 'validation')
  const best = held.reduce((least, each) => (each.loss < least.loss ? each : least))
  const { baselines } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'))
  const { training } = JSON.parse(readFileSync(join(run, 'experiment.json'), 'utf8'))
  const [first] = baselines
  console.log(`| ${name} | ${training.seed} | ${best.step} | ${figure(best.loss)} | ${figure(best.accuracy)} | ${figure(best.error)} | ${first ? `${first.name}: ${figure(first.loss)}` : '–'} | ${(metrics.at(-1).elapsedMs / 1000).toFixed(0)} |`)
}
console.log(`\nThe runs are kept in ${out}`)
