import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExperimentInput } from '@shared/experiment/schema'
import { metricSchema, type Metric } from '@shared/metrics'
import { builtMain } from '../support/build-once'
import { smallText } from '../support/small-text'

export interface Ended { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }

/** Starts the built command line; `said` is its stderr so far. @param options.flags Node's own */
export async function startUnroll(args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv; flags?: string[] } = {}): Promise<{ child: ChildProcess; ended: Promise<Ended>; said: () => string }> {
  const child = spawn(process.execPath, [...options.flags ?? [], join(await builtMain(), 'cli.js'), ...args], {
    cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, UNROLL_DEBUG: '', ...options.env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => { stdout += data.toString() })
  child.stderr.on('data', (data: Buffer) => { stderr += data.toString() })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, ended, said: () => stderr }
}

export async function unroll(args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
  return (await startUnroll(args, options)).ended
}

/** A small text and an experiment on it that takes a second or so; `training` over the defaults. */
export function writeExperiment(folder: string, training: Partial<NonNullable<ExperimentInput['training']>> = {}, change: Partial<ExperimentInput> = {}): string {
  writeFileSync(join(folder, 'corpus.txt'), smallText(20_000))
  const experiment: ExperimentInput = {
    unroll: 1, name: 'small', device: 'cpu',
    data: { kind: 'text', source: 'corpus.txt', validation: 0.1, test: 0 },
    task: { output: 'every-step', loss: 'cross-entropy' },
    model: { cell: 'rnn', hiddenSize: 24 },
    training: { window: 20, batchSize: 10, seed: 1, epochs: 100, maxSteps: 60, optimizer: { kind: 'adam', learningRate: 0.005 }, checkpointEvery: 20, validateEvery: 30, ...training },
    ...change,
  }
  const file = join(folder, 'experiment.json')
  writeFileSync(file, JSON.stringify(experiment, null, 2))
  return file
}

export const readLines = (file: string): Metric[] =>
  readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => metricSchema.parse(JSON.parse(line)))

/** What doesn't hang on the machine's speed. */
export const timeless = ({ step, epoch, split, loss, gradNorm, accuracy, learningRate }: Metric) => ({ step, epoch, split, loss, gradNorm, accuracy, learningRate })
