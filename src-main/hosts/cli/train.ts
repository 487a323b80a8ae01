import { readdir } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { Device, Experiment } from '@shared/experiment/schema'
import { isMissing } from '../../services/files/atomic'
import { newId } from '../../services/files/names'
import { readExperiment } from '../../services/experiments/read-experiment'
import { RunExecution } from '../../services/runs/run-execution'
import { RunFolder } from '../../services/runs/run-folder'
import { newRunRecord, type RunRecord } from '../../services/runs/run-record'
import { nodeHost } from '../node-host'
import { reportError, warn } from './report'
import { summaryOf } from './train-summary'
import { barView, jsonView, lineView, type TrainView } from './train-view'

export interface TrainOptions {
  out?: string
  device?: Device
  json?: boolean
  resume?: boolean
}

/** `unroll train FILE --out RUN`: trains and writes the run folder. */
export async function train(file: string, options: TrainOptions): Promise<void> {
  const { experiment: read, warnings } = await readExperiment(file)
  for (const warning of warnings) warn(warning)
  const experiment = options.device === undefined ? read : { ...read, device: options.device }
  const path = resolve(options.out ?? join('runs', defaultName(experiment.name)))
  const folder = new RunFolder(path)
  const dataFolder = dirname(resolve(file))
  const record = await openRun(folder, experiment, dataFolder, options.resume ?? false)

  const view = viewFor(options.json ?? false)
  const execution: RunExecution = new RunExecution(nodeHost({ kind: 'cli', home: path }), folder, record, experiment, dataFolder, {
    changed: (run) => view.changed(run, execution.stepsPerSecond),
    metrics: (_from, metrics) => view.metrics(metrics),
    warning: warn,
  })
  const release = stopOnSignal(execution)
  try {
    await execution.execute()
  } finally {
    release()
    view.end()
  }
  await conclude(execution, folder, file, options.json ?? false)
}

async function conclude(execution: RunExecution, folder: RunFolder, file: string, json: boolean): Promise<void> {
  const { path } = folder
  const run = execution.describe()
  const again = `unroll train ${quoted(file)} --out ${quoted(relative('', path) || '.')} --resume`
  if (run.error !== null) {
    reportError(new UnrollError(run.error.code, run.error.message, { ...(run.error.hint !== undefined && { hint: run.error.hint }) }))
    if ((await folder.weightSteps()).checkpoints.length > 0) process.stderr.write(`hint: What was learned up to the last checkpoint is kept; go on with: ${again}\n`)
    return
  }
  if (!json) process.stdout.write(summaryOf(run, path))
  if (run.state === 'done') return
  process.stderr.write(`Stopped at step ${run.step}; go on with: ${again}\n`)
  process.exitCode = 130
}

/** A new run, or the one there is. @throws UnrollError `run.exists`, `run.other-experiment` */
async function openRun(folder: RunFolder, experiment: Experiment, dataFolder: string, resume: boolean): Promise<RunRecord> {
  if (folder.exists() && resume) {
    const before = await folder.read()
    const record = { ...before.record, dataFolder, error: null }
    expectSameExperiment(before.experiment, experiment, folder.path)
    if (folder.isLocked()) await folder.lock()
    // Another device may be asked for by name; "auto" stays with the one it began on.
    await folder.create(record, experiment)
    return record
  }
  const there = await contentsOf(folder.path)
  if (there.length > 0 && !await cameToNothing(folder)) {
    throw new UnrollError('run.exists', `The folder ${folder.path} isn't empty (it has ${there.slice(0, 3).join(', ')}${there.length > 3 ? ', …' : ''}).`, {
      hint: folder.exists() ? 'Go on with that run by --resume, or give another folder by --out.' : 'Give another folder by --out.', where: { file: folder.path },
    })
  }
  const record = newRunRecord(newId(experiment.name), experiment, { datasetId: null, dataFolder })
  await folder.create(record, experiment)
  return record
}

/** A run that failed before its first step holds nothing: the same command may be tried again. */
async function cameToNothing(folder: RunFolder): Promise<boolean> {
  return folder.exists() && !folder.isLocked() && await folder.lastMetric() === null && await folder.latestCheckpoint() === null
}

/** How long to train may change from one sitting to the next; what is trained may not. */
function expectSameExperiment(before: Experiment, now: Experiment, path: string): void {
  const essence = ({ data, task, model, training }: Experiment) => {
    const { window, carryState, batchSize, shuffle, teacherForcing, seed, optimizer, clipNorm, clipValue, schedule } = training
    return { data, task, model, training: { window, carryState, batchSize, shuffle, teacherForcing, seed, optimizer, clipNorm, clipValue, schedule } }
  }
  const place = firstDifference(essence(before), essence(now))
  if (place !== null) {
    throw new UnrollError('run.other-experiment', `The run in ${path} was begun with another experiment: ${place.path} was ${JSON.stringify(place.before)} and is now ${JSON.stringify(place.now)}.`, {
      hint: 'Resume with the experiment it was begun with (its experiment.json), or start a new run in another folder.',
    })
  }
}

function firstDifference(before: unknown, now: unknown, path: string[] = []): { path: string; before: unknown; now: unknown } | null {
  if (typeof before !== 'object' || typeof now !== 'object' || before === null || now === null) return Object.is(before, now) ? null : { path: path.join('.'), before, now }
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const found = firstDifference((before as Record<string, unknown>)[key], (now as Record<string, unknown>)[key], [...path, key])
    if (found !== null) return found
  }
  return null
}

/** The first signal ends the run with a checkpoint, the second ends the program at once. */
function stopOnSignal(execution: RunExecution): () => void {
  let asked = false
  const onSignal = () => {
    if (asked) process.exit(130)
    asked = true
    process.stderr.write('\nStopping after a last checkpoint; press Ctrl+C again to end at once.\n')
    void execution.stop('interrupted')
  }
  // A reader of stdout that went away (`| head`) ends the run the same way.
  const onPipe = (error: NodeJS.ErrnoException) => { if (error.code === 'EPIPE') void execution.stop('interrupted') }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  process.stdout.on('error', onPipe)
  return () => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}

function viewFor(json: boolean): TrainView {
  if (json) return jsonView((text) => process.stdout.write(text))
  return process.stderr.isTTY ? barView(process.stderr) : lineView((text) => process.stderr.write(text))
}

async function contentsOf(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).filter((name) => name !== '.lock')
  } catch (error) {
    if (isMissing(error)) return []
    throw new UnrollError('run.exists', `${path} can't be used as a run folder: it isn't a folder.`, { hint: 'Give another path by --out.', cause: error })
  }
}

const defaultName = (name: string): string =>
  `${name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '') || 'run'}-${new Date().toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '')}`

const quoted = (path: string): string => /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll('\'', '\'\\\'\'')}'`
