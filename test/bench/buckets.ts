import { join } from 'node:path'
import { bucketBounds, countLengths, paddingShare } from '@shared/model/buckets'
import { experimentSchema } from '@shared/experiment/schema'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { prepare } from '@main/data/prepare'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { createSession } from '@main/engine/training/session'
import type { SequenceSet } from '@main/engine/training/prepared-data'

const folder = fileURLToPath(new URL('../known-results', import.meta.url))

/** An epoch of names by language (../known-results/names-gru.json), its batches padded to their bucket and all to one length, in turns. */
export default async function* buckets(rounds = '3') {
  const experiment = experimentSchema.parse(JSON.parse(readFileSync(join(folder, 'names-gru.json'), 'utf8')))
  const { data } = await prepare(experiment, folder, () => { throw new Error('records hold no tensors') })
  if (data.form !== 'sequences' || data.train.lengths === null) throw new Error('names are sequences of different lengths')
  const set: SequenceSet = { ...data, validation: { ...data.validation, count: 0, x: new Int32Array(0), y: new Int32Array(0), lengths: null } }
  const lengths = countLengths(data.train.lengths)
  const bounds = bucketBounds(lengths, 6)
  yield { bounds, padding: paddingShare(lengths, bounds), paddingOfOneLength: paddingShare(lengths, [data.steps]) }
  const batches = Math.ceil(data.train.count / experiment.training.batchSize)
  const timed = async (given: SequenceSet): Promise<number> => {
    const session = await createSession(await createWasmBackend(), { experiment: { ...experiment, training: { ...experiment.training, epochs: 1, schedule: { kind: 'constant', warmupSteps: 0 } } }, data: given })
    const start = performance.now()
    await session.run({ metric: () => undefined, checkpoint: async () => undefined })
    const ms = performance.now() - start
    await session.dispose()
    return ms / batches
  }
  const ratios: number[] = []
  for (let round = 0; round < Number(rounds); round++) {
    const bucketed = await timed(set)
    // Every sequence as long as the longest is what padding to one length computes.
    const padded = await timed({ ...set, train: { ...set.train, lengths: null } })
    ratios.push(padded / bucketed)
    yield { bucketedMsPerStep: bucketed, paddedMsPerStep: padded }
  }
  ratios.sort((a, b) => a - b)
  yield { medianRatio: ratios[Math.floor(ratios.length / 2)] }
}
