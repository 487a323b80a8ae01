import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UnrollError } from '@shared/errors'

const own = new Set([
  'experiment.json', 'run.json', 'metrics.jsonl', 'gradient-flow.jsonl', 'weights.safetensors', 'best.safetensors', 'figures.json',
  'vocabulary.json', 'classes.json', 'scaler.json', 'patterns.json', '.lock',
])

/**
 * What is taken away from a run must not take the place of what the run consists of: its weights, its experiment, its measurements.
 * @throws UnrollError `file.of-a-run`
 */
export function expectNotOfARun(path: string): void {
  const folder = dirname(path)
  const isRun = (each: string) => existsSync(join(each, 'run.json'))
  // Some systems take names that differ in case for one.
  const ofARun = (own.has(basename(path).toLowerCase()) && isRun(folder)) || (basename(folder).toLowerCase() === 'checkpoints' && isRun(dirname(folder)))
  if (!ofARun) return
  throw new UnrollError('file.of-a-run', `${path} is a file of a run's own; writing there would take it away from the run.`, { hint: 'Give it another name or another folder.', where: { file: path } })
}
