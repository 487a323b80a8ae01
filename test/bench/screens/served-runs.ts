import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import type { Metric } from '@shared/metrics'
import type { Run } from '@shared/rpc/schemas'
import { nodeHost } from '@main/hosts/node-host'
import { createServices } from '@main/services/create-services'
import type { Services } from '@main/services/host-capabilities'

const workers = fileURLToPath(new URL('../../../out/main', import.meta.url))

/** The app's own services on a home of its own, with its built workers. */
export async function openHome(home?: string): Promise<{ home: string; services: Services; remove(): Promise<void> }> {
  const folder = home ?? await mkdtemp(join(tmpdir(), 'unroll-bench-'))
  const host = { ...nodeHost({ kind: 'serve', home: folder, workers }), probeGpu: async () => ({ available: false, description: 'left out of the measurement' }) }
  return { home: folder, services: await createServices(host), remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Trains a network for a few steps on a sample, so that the home has a real dataset, weights and run folder. */
export async function trainShortly({ handlers }: Services, sample: string, change: (defaults: Experiment) => unknown): Promise<Run> {
  const dataset = await handlers['datasets.fromSample']({ sample })
  let run = await handlers['runs.start']({ datasetId: dataset.id, experiment: experimentSchema.parse(change(dataset.experiment)) })
  while (run.state !== 'done') {
    if (run.state === 'failed') throw new Error(run.error?.message)
    await new Promise((resolve) => setTimeout(resolve, 100))
    run = await handlers['runs.get']({ id: run.id })
  }
  return run
}

/** Line `step` of a run as the loop writes it: noise on a decay, a spike now and then, a validation every 1,000 steps. */
export function metricAt(step: number): Metric {
  const noise = (Math.imul(step, 2654435761) >>> 0) / 2 ** 32
  const loss = 1.2 + 2 * Math.exp(-step / 150_000) + 0.3 * noise + (step % 77_777 === 0 ? 3 : 0)
  if (step % 1000 === 0) return { step, epoch: Math.floor(step / 5000), split: 'validation', loss, accuracy: 1 / (1 + loss) }
  return {
    step, epoch: Math.floor(step / 5000), split: 'train', loss, accuracy: 1 / (1 + loss), gradNorm: 0.2 + noise, learningRate: 0.002,
    tokensPerSecond: 51_200 + 900 * noise, stepsPerSecond: 200 + 4 * noise, elapsedMs: step * 5,
  }
}

/** Makes a finished run one of `lines` measurements that could go on for as many again. */
export async function lengthen(home: string, run: Run, lines: number): Promise<void> {
  const folder = join(home, 'runs', run.id)
  const text: string[] = []
  for (let step = 1; step <= lines; step++) text.push(JSON.stringify(metricAt(step)))
  await writeFile(join(folder, 'metrics.jsonl'), `${text.join('\n')}\n`)
  const record = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))
  Object.assign(record, { state: 'stopped', plan: { ...record.plan, stepsPerEpoch: 5000, totalSteps: 2 * lines }, best: null })
  await writeFile(join(folder, 'run.json'), JSON.stringify(record))
}
