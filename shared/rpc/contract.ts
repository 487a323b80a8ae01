import { z } from 'zod'
import { generatedDataSchema } from '../experiment/data/generated'
import { experimentSchema } from '../experiment/schema'
import { splitChangeSchema } from '../experiment/split-change'
import { gradientFlowLineSchema, metricSchema } from '../metrics'
import { inspectContract, inspectEvents } from './inspect-contract'
import { taskSchema } from './inspect-schemas'
import { method } from './method'
import { metricBlockSchema } from './metric-block'
import {
  appInfoSchema, auditSchema, backtestSchema, classifiedSchema, damagedSchema, datasetDetailsSchema, datasetSchema, exportedSchema, fileNameSchema, filePathSchema,
  fileTokenSchema, forecastSchema, generatedTextSchema, heldOutExampleSchema, heldOutRecordSchema, idSchema, importOptionsSchema,
  predictionSchema, previewSchema, reportKindSchema, reportOfSchema, reportSchema, runSchema, sampleSchema, sequenceAnswerSchema, sourceChangesSchema, splitPreviewSchema, statesSchema,
} from './schemas'

const nothing = z.undefined().or(z.null())

/**
 * Everything the renderer may ask of the main side. One parameter object a method, validated against `params` by the
 * main side before anything is done with it; the result is validated in tests. An error crosses as an ErrorEnvelope.
 */
export const contract = {
  'app.info': method(nothing, appInfoSchema),
  'samples.list': method(nothing, z.array(sampleSchema)),

  /** Opens the host's file dialog; null when it was dismissed. Desktop only: a browser has its own. */
  'files.pick': method(z.object({ title: z.string().max(200), folder: z.boolean().default(false) }), fileTokenSchema.nullable()),
  /** Pasted text as a file of that name. */
  'files.fromText': method(z.object({ name: fileNameSchema, text: z.string().min(1).max(50_000_000) }), fileTokenSchema),
  /** Files handed over one by one as a folder, each at its own path in it. */
  'files.bundle': method(z.object({ name: fileNameSchema, files: z.array(z.object({ token: z.string(), path: filePathSchema })).min(1).max(20_000) }), fileTokenSchema),
  /** Desktop: asks where to save an exported file. False when dismissed. */
  'files.save': method(z.object({ token: z.string(), fileName: z.string() }), z.boolean()),

  'datasets.list': method(nothing, z.array(datasetSchema)),
  /** Folders of datasets that can't be read, each with what is wrong with it. */
  'datasets.damaged': method(nothing, z.array(damagedSchema)),
  /** Looks at a damaged dataset's folder again, after somebody mended it. */
  'datasets.recheck': method(z.object({ id: idSchema }), datasetSchema),
  'datasets.get': method(z.object({ id: idSchema }), datasetDetailsSchema),
  /** Reads the file and answers with what an import would give; `options` null: guess everything. Writes nothing. */
  'datasets.preview': method(z.object({ file: z.string(), options: importOptionsSchema.nullable() }), previewSchema),
  'datasets.import': method(z.object({ file: z.string(), name: z.string().min(1).max(200), options: importOptionsSchema }), datasetSchema),
  /** The first examples of a generated task. */
  'datasets.previewGenerated': method(z.object({ data: generatedDataSchema }), previewSchema),
  'datasets.generate': method(z.object({ name: z.string().min(1).max(200), data: generatedDataSchema }), datasetSchema),
  'datasets.fromSample': method(z.object({ sample: idSchema }), datasetSchema),
  /** Looks into the split: what crosses it, and how to mend it. */
  'datasets.audit': method(z.object({ id: idSchema }), auditSchema),
  /** What another split would put where; keeps nothing. */
  'datasets.previewSplit': method(z.object({ id: idSchema, change: splitChangeSchema }), splitPreviewSchema),
  'datasets.setSplit': method(z.object({ id: idSchema, change: splitChangeSchema }), datasetDetailsSchema),
  /** What was (or would be) read, repaired and left out: a page of the rows that match. */
  'datasets.report': method(z.object({ of: reportOfSchema, from: z.number().int().min(0), count: z.number().int().min(0).max(10_000), kind: reportKindSchema.nullable(), find: z.string().max(200) }), reportSchema),
  /** Reads the source again (`file` null: from where it was read at first) and says what that would change; replaces nothing. */
  'datasets.readAgain': method(z.object({ id: idSchema, file: z.string().nullable() }), sourceChangesSchema),
  /** Puts what was read again in the dataset's place. */
  'datasets.replace': method(z.object({ id: idSchema }), datasetDetailsSchema),
  /** Undoes a replacement of this session. */
  'datasets.putBack': method(z.object({ id: idSchema }), datasetDetailsSchema),
  /** Forgets what was read again. */
  'datasets.discardAgain': method(nothing, z.null()),
  'datasets.remove': method(z.object({ id: idSchema }), z.null()),
  /** Undoes a removal of this session; null: it is back, and as damaged as it was. */
  'datasets.restore': method(z.object({ id: idSchema }), datasetSchema.nullable()),
  /** Cancels the preview or import under way. */
  'datasets.cancel': method(nothing, z.null()),

  'runs.list': method(nothing, z.array(runSchema)),
  /** Folders of runs that can't be read, each with what is wrong with it. */
  'runs.damaged': method(nothing, z.array(damagedSchema)),
  /** Looks at a damaged run's folder again, after somebody mended it. */
  'runs.recheck': method(z.object({ id: idSchema }), runSchema),
  'runs.get': method(z.object({ id: idSchema }), runSchema),
  /** Metrics from the given line on, in order; ask again from where they end while there are `more`. */
  'runs.metrics': method(z.object({ id: idSchema, from: z.number().int().min(0) }), metricBlockSchema),
  /** How the gradient went back through time as the run trained: lines of gradient-flow.jsonl, at most 400, evenly spaced. */
  'runs.gradientFlow': method(z.object({ id: idSchema }), z.array(gradientFlowLineSchema)),
  'runs.start': method(z.object({ datasetId: idSchema, experiment: experimentSchema }), runSchema),
  'runs.pause': method(z.object({ id: idSchema }), runSchema),
  /** Goes on: a paused run where it stands, a stopped or interrupted one from its last checkpoint. */
  'runs.resume': method(z.object({ id: idSchema }), runSchema),
  'runs.stop': method(z.object({ id: idSchema }), runSchema),
  'runs.remove': method(z.object({ id: idSchema }), z.null()),
  /** Undoes a removal of this session; null: it is back, and as damaged as it was. */
  'runs.restore': method(z.object({ id: idSchema }), runSchema.nullable()),

  /** Hidden states over a text of the user's, or over a stretch of the dataset (also while the run trains). */
  'inspect.states': method(z.object({
    id: idSchema,
    input: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('text'), text: z.string().min(1).max(100_000) }),
      z.object({ kind: z.literal('stretch'), from: z.number().int().min(0), count: z.number().int().min(1).max(20_000) }),
    ]),
  }), statesSchema),
  ...inspectContract,

  'playground.text': method(z.object({
    id: idSchema, prompt: z.string().max(100_000), length: z.number().int().min(1).max(100_000),
    temperature: z.number().min(0).max(10), seed: z.number().int().min(0).max(2 ** 31 - 1),
  }), generatedTextSchema),
  /** Forecasts `steps` rows from row `start` on (null: from the end of the data). */
  'playground.forecast': method(z.object({ id: idSchema, start: z.number().int().min(1).nullable(), steps: z.number().int().min(1).max(10_000), history: z.number().int().min(1).max(20_000) }), forecastSchema),
  /** Forecasts of `steps` rows from `origins` places of a held-out part, beside baselines. `inspect.cancel` with its task ends it. */
  'playground.backtest': method(z.object({
    id: idSchema, part: z.enum(['validation', 'test']).default('test'), origins: z.number().int().min(1).max(1000).default(50), steps: z.number().int().min(1).max(1000).default(12), task: taskSchema.optional(),
  }), backtestSchema),
  'playground.adding': method(z.object({ id: idSchema, seed: z.number().int().min(0).max(2 ** 31 - 1), count: z.number().int().min(1).max(50) }), predictionSchema),
  /** What an encoder and decoder make of a sequence; `beam` 1: the likeliest symbol each time. */
  'playground.answer': method(z.object({ id: idSchema, source: z.string().min(1).max(10_000), length: z.number().int().min(1).max(2000), beam: z.number().int().min(1).max(32) }), sequenceAnswerSchema),
  /** The classes of a sequence, as they would stand if it ended after each of its symbols. */
  'playground.classify': method(z.object({ id: idSchema, text: z.string().min(1).max(20_000) }), classifiedSchema),
  /** A record that was held out, drawn by the seed. */
  'playground.example': method(z.object({ id: idSchema, seed: z.number().int().min(0).max(2 ** 31 - 1) }), heldOutExampleSchema),
  /** The same where nothing can be typed, and what the network says of it. */
  'playground.record': method(z.object({ id: idSchema, seed: z.number().int().min(0).max(2 ** 31 - 1) }), heldOutRecordSchema),

  'export.create': method(z.object({ id: idSchema, format: z.enum(['safetensors', 'experiment']), weights: z.enum(['best', 'last']).default('best') }), exportedSchema),
} as const

export type Contract = typeof contract
export type Method = keyof Contract
export type Params<M extends Method> = z.input<Contract[M]['params']>
export type ParsedParams<M extends Method> = z.output<Contract[M]['params']>
export type Result<M extends Method> = z.output<Contract[M]['result']>

/** What the main side implements; a host adds who is calling. */
export type Handlers = { [M in Method]: (params: ParsedParams<M>) => Promise<Result<M>> }

/** What the main side tells every window without being asked. */
export const events = {
  /** New lines of metrics.jsonl, at most 20 times a second; `from` is the index of the first. */
  'run.metrics': z.object({ id: idSchema, from: z.number().int(), metrics: z.array(metricSchema) }),
  'run.gradientFlow': z.object({ id: idSchema, line: gradientFlowLineSchema }),
  'run.changed': z.object({ run: runSchema }),
  ...inspectEvents,
  /** copying: into the folder of datasets; reading: a preview, shards, training data. */
  'import.progress': z.object({ stage: z.enum(['copying', 'reading']), bytes: z.number(), totalBytes: z.number(), rows: z.number(), remainingMs: z.number().nullable() }),
} as const

export type EventName = keyof typeof events
export type EventPayload<E extends EventName> = z.infer<(typeof events)[E]>
export type Emit = <E extends EventName>(event: E, payload: EventPayload<E>) => void
