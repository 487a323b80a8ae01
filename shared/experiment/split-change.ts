import { z } from 'zod'
import { UnrollError } from '../errors'
import { dataSchema, type DataSpec } from './schema'

const share = z.number().min(0).max(0.9)

/** Keys of `data` that decide what lies in which part, each as in the experiment file; null takes a key out. */
export const splitChangeSchema = z.object({
  validation: share, test: share,
  gap: z.int().min(0).max(1_000_000_000),
  split: z.enum(['time', 'key', 'stratified', 'random', 'order', 'given']),
  group: z.string().min(1).max(1000).nullable(),
  part: z.string().min(1).max(1000).nullable(),
  splitSeed: z.int().min(0).max(2 ** 31 - 1).nullable(),
  together: z.enum(['none', 'equal', 'alike']),
  repeats: z.enum(['once', 'all']),
  contradictions: z.enum(['keep', 'leave-out']),
  /** Of a series: rows in the order of time. Of a generated task: the length of its sequences. */
  steps: z.union([z.enum(['as-is', 'fill']), z.int().min(2).max(10_000)]),
  missing: z.enum(['refuse', 'previous', 'linear']),
}).partial()
export type SplitChange = z.infer<typeof splitChangeSchema>

/**
 * The data with another split.
 * @throws UnrollError `experiment.data` when data of its kind can't be split so
 */
export function withSplit(data: DataSpec, change: SplitChange): DataSpec {
  const merged: Record<string, unknown> = { ...data }
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete merged[key]
    else if (value !== undefined) merged[key] = value
  }
  const parsed = dataSchema.safeParse(merged)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new UnrollError('experiment.data', `data.${issue?.path.join('.') ?? ''} can't be set so for data of kind ${data.kind}: ${issue?.message ?? 'it is of another type'}.`, { where: { parameter: `data.${issue?.path.join('.') ?? ''}` } })
}

/** What takes a change back: what its keys were before; keys that weren't there are taken out. */
export function undoOf(data: DataSpec, change: SplitChange): SplitChange {
  const before = data as Record<string, unknown>
  return splitChangeSchema.parse(Object.fromEntries(Object.keys(change).map((key) => [key, before[key] ?? null])))
}
