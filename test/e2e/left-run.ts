import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RunFolder } from '@main/services/runs/run-folder'
import { newRunRecord, type RunRecord } from '@main/services/runs/run-record'
import { fakeMetrics, fakeRun } from '../renderer/support/fake-runs'

/** The symbols that such a run's network knows. */
export const leftSymbols = [...'abcdefghijklmnopqrstuvwxyz .,']

/** A run as an earlier session left it in a home, without weights. */
export async function leaveRun(home: string, id: string, name: string, changes: Partial<RunRecord> = {}, hiddenSize = 128): Promise<RunFolder> {
  const { experiment: { model, ...experiment }, stepsPerEpoch, totalSteps, parameters, baselines } = fakeRun('text')
  const folder = new RunFolder(join(home, 'runs', id))
  const named = { ...experiment, name, model: { ...model, hiddenSize } }
  await folder.create({
    ...newRunRecord(id, named, { datasetId: null, dataFolder: null }), state: 'done', device: 'WebAssembly SIMD',
    plan: { parameters, stepsPerEpoch, totalSteps }, inputSize: leftSymbols.length, outputSize: leftSymbols.length, baselines, ...changes,
  }, named)
  await writeFile(join(folder.path, 'metrics.jsonl'), fakeMetrics('text', 600).map((line) => `${JSON.stringify(line)}\n`).join(''))
  const flow = (step: number) => ({ step, epoch: 0, lags: Array.from({ length: 32 }, (_, lag) => lag), flow: { h_l0: Array.from({ length: 32 }, (_, lag) => (0.6 + step / 2000) ** lag) } })
  await writeFile(join(folder.path, 'gradient-flow.jsonl'), [100, 200, 300, 400, 500, 600].map((step) => `${JSON.stringify(flow(step))}\n`).join(''))
  await writeFile(join(folder.path, 'vocabulary.json'), JSON.stringify(leftSymbols))
  return folder
}
