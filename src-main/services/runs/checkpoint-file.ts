import { z } from 'zod'
import { UnrollError } from '@shared/errors'
import type { Checkpoint, Weights } from '../../engine/training/types'
import { fromWeights, readSafetensors, toWeights, writeSafetensors } from '../../formats/safetensors'
import { unreadable } from '../files/damage'

/** A checkpoint and where metrics.jsonl stood when it was taken, so that resuming repeats no line and misses none. */
export interface StoredCheckpoint {
  checkpoint: Checkpoint
  metricLines: number
}

const format = 'unroll-checkpoint-1'

const progressSchema = z.object({
  step: z.int().min(0),
  epoch: z.int().min(0),
  batchInEpoch: z.int().min(0),
  elapsedMs: z.number(),
  random: z.array(z.number()),
  best: z.object({ step: z.int(), loss: z.number() }).nullable(),
  unimproved: z.int().min(0).optional(),
  validationDue: z.boolean().optional(),
  schedule: z.object({ scale: z.number(), best: z.number().nullable(), waited: z.int().min(0) }).nullish(),
})

/**
 * One safetensors file: weights by PyTorch's names, `optimizer.*`, `carried.*`; the progress as JSON in the metadata.
 */
export function encodeCheckpoint({ checkpoint, metricLines }: StoredCheckpoint): Uint8Array {
  const { weights, optimizer, carried, progress } = checkpoint
  const all = { ...weights, ...prefixed('optimizer.', optimizer), ...prefixed('carried.', carried ?? {}) }
  return writeSafetensors(fromWeights(all), {
    format, progress: JSON.stringify(progress), metricLines: String(metricLines), carried: String(carried !== null),
  })
}

/** @throws UnrollError `checkpoint.unreadable` naming the file */
export function decodeCheckpoint(bytes: Uint8Array, file: string): StoredCheckpoint {
  try {
    const { metadata, tensors } = readSafetensors(bytes)
    if (metadata['format'] !== format) throw new UnrollError('checkpoint.unreadable', `its format is "${metadata['format'] ?? 'none'}", expected "${format}"`)
    const all = toWeights({ tensors, metadata })
    const checkpoint: Checkpoint = {
      weights: Object.fromEntries(Object.entries(all).filter(([name]) => !/^(optimizer|carried)\./.test(name))),
      optimizer: unprefixed('optimizer.', all),
      carried: metadata['carried'] === 'true' ? unprefixed('carried.', all) : null,
      progress: progressSchema.parse(JSON.parse(metadata['progress'] ?? 'null')),
    }
    return { checkpoint, metricLines: z.int().min(0).parse(Number(metadata['metricLines'])) }
  } catch (cause) {
    throw unreadable('checkpoint.unreadable', file, cause, 'Delete it to resume from the one before.')
  }
}

const prefixed = (prefix: string, tensors: Weights): Weights =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]))

const unprefixed = (prefix: string, tensors: Weights): Weights =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [name.slice(prefix.length), tensor]))
