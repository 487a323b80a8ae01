import { z } from 'zod'
import { experimentSchema } from '../experiment/schema'
import { baselineSchema, metricSchema, runStateSchema, runWarningSchema } from '../metrics'
import { floats } from './floats'
import { idSchema } from './id'

export { idSchema }
export * from './dataset-findings-schemas'
export * from './dataset-schemas'
export * from './import-options'
export * from './preview-schemas'
export * from './playground-schemas'

/** A file's or folder's own name: no path. */
const isName = (name: string) => !/[/\\\p{Cc}]/u.test(name) && name !== '.' && name !== '..'
export const fileNameSchema = z.string().min(1).max(200).refine(isName, 'A name without a path was expected.')
/** A place inside a folder. */
export const filePathSchema = z.string().min(1).max(1000).refine((path) => path.split('/').every((part) => part !== '' && part.length <= 200 && isName(part)), 'A place inside the folder was expected.')

/** A file or folder the user chose or dropped. The renderer never sees its path; the host keeps it. */
export const fileTokenSchema = z.object({ token: z.string().min(8).max(100), name: z.string(), bytes: z.number().int().min(0), folder: z.boolean().optional() })

export const appInfoSchema = z.object({
  version: z.string(),
  host: z.enum(['desktop', 'serve']),
  platform: z.string(),
  /** The folder everything is kept in. */
  home: z.string(),
  cores: z.number().int(),
  gpu: z.object({ available: z.boolean(), description: z.string() }),
})

/** What the best weights reach on a part held out; `run.baselines` stand beside it. */
export const partFiguresSchema = z.object({
  part: z.enum(['validation', 'test']),
  /** In the unit of the run's loss. */
  loss: z.number(),
  /**
   * By the names of a baseline's figures (shared/metrics.ts), and: `bits` and `perplexity` a symbol; `errorRate`, edit distance by
   * the symbols expected; `legalSteps` and `legalStrings` of the embedded Reber grammar.
   */
  scores: z.record(z.string(), z.number()),
  /** How often each class (row) was taken for each (column). Null where there are no classes, or too many to be read. */
  confusion: z.object({ labels: z.array(z.string()), counts: z.array(z.array(z.int())) }).nullable(),
})

export const runSchema = z.object({
  id: idSchema,
  name: z.string(),
  datasetId: idSchema.nullable(),
  /** SHA-256 of the source its data were read from, as its dataset's `hash`; null or absent: not known. */
  dataHash: z.string().nullable().optional(),
  created: z.string(),
  state: runStateSchema,
  step: z.number().int(),
  totalSteps: z.number().int(),
  stepsPerEpoch: z.number().int(),
  parameters: z.number().int(),
  /** Which device trains it and why: "WebAssembly SIMD (auto: 3.1 ms a step, WebGPU 9.8 ms)". */
  device: z.string(),
  best: z.object({ step: z.number().int(), loss: z.number() }).nullable(),
  last: metricSchema.nullable(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).nullable(),
  /** What went wrong on its way without ending it, in the order it came. */
  warnings: z.array(runWarningSchema),
  experiment: experimentSchema,
  baselines: z.array(baselineSchema),
  /** The unit of `error` metrics: a column's name; null for classification. */
  unit: z.string().nullable(),
  remainingMs: z.number().nullable(),
  /** Validation, then test, each where it has anything; null until the run is done. */
  figures: z.array(partFiguresSchema).nullable(),
})

/** A run's or a dataset's folder that can't be read, so that nothing of it is known but its name. */
export const damagedSchema = z.object({
  id: idSchema,
  /** As far as it can be found in the folder; else the folder's. */
  name: z.string(),
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
})

export const statesSchema = z.object({
  runId: idSchema,
  step: z.number().int(),
  units: z.number().int(),
  steps: z.number().int(),
  /** h_t, row-major [steps, units]. */
  hidden: floats,
  /** What stands at each step: a character, or the time or row. */
  labels: z.array(z.string()),
  /** Text: the probability the network gave to the next character that really came. Series: null. */
  surprise: floats.nullable(),
})

export const exportedSchema = z.object({
  /** A token with which the host hands the file to the user. */
  token: z.string(),
  fileName: z.string(),
  bytes: z.number().int(),
  /** How it was checked after writing. */
  verified: z.string(),
})

export type AppInfo = z.infer<typeof appInfoSchema>
export type FileToken = z.infer<typeof fileTokenSchema>
export type PartFigures = z.infer<typeof partFiguresSchema>
export type Run = z.infer<typeof runSchema>
export type Damaged = z.infer<typeof damagedSchema>
export type States = z.infer<typeof statesSchema>
export type Exported = z.infer<typeof exportedSchema>
