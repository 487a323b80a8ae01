import { z } from 'zod'
import { splitChangeSchema } from '../experiment/split-change'
import { idSchema } from './id'
import { importOptionsSchema } from './import-options'

const partSchema = z.enum(['train', 'validation', 'test'])

/** What lies where in a split that isn't kept yet. */
export const splitPreviewSchema = z.object({
  /** `first` and `last`: the times of a part's first and last row, where it is a stretch of time. */
  parts: z.array(z.object({ part: partSchema, count: z.number().int(), first: z.string().nullable(), last: z.string().nullable() })),
  /** Rows, symbols or sequences that lie in a gap. */
  left: z.number().int(),
  /** The most frequent classes first, at most 200: how many training, validation and test have. */
  classes: z.object({ total: z.number().int(), list: z.array(z.object({ name: z.string(), counts: z.tuple([z.number().int(), z.number().int(), z.number().int()]) })) }).nullable(),
  /** What is kept together, the largest first, at most 200, and where each lies; null: nothing is named. */
  groups: z.object({ total: z.number().int(), list: z.array(z.object({ name: z.string(), count: z.number().int(), part: partSchema.nullable() })) }).nullable(),
  /** Held-out items that stand in training exactly, of all held out; null where that isn't looked for. */
  crossing: z.object({ count: z.number().int(), of: z.number().int() }).nullable(),
  /** How many series a key tells apart; null: there is none. */
  series: z.number().int().nullable(),
})

/** What crosses a dataset's split, and how to mend it (src-main/data/audit). */
export const auditSchema = z.object({
  findings: z.array(z.object({
    subject: z.enum(['duplicates', 'near-duplicates', 'contradictions', 'windows', 'groups', 'statistics', 'order']),
    /** leak: figures flatter; note: worth knowing; clean: looked for and not found. */
    level: z.enum(['leak', 'note', 'clean']),
    count: z.number().int(),
    of: z.number().int(),
    message: z.string(),
    mend: z.string().nullable(),
    examples: z.array(z.string()),
    /** Changes of the split that mend it, best first, each as a button says it. */
    remedies: z.array(z.object({ label: z.string(), change: splitChangeSchema })),
  })),
})

/** What a row of a source's report is about. */
export const reportKindSchema = z.enum(['left-out', 'repeat', 'contradiction', 'filled', 'inserted', 'irregular', 'same-time', 'leading', 'encoding', 'resampled'])
export const reportRowSchema = z.object({
  kind: reportKindSchema,
  /** Of several files; null: the source is one. */
  file: z.string().nullable(),
  line: z.number().int().nullable(),
  /** The time or, where there is no line, the number of the row. */
  place: z.string().nullable(),
  wrong: z.string(),
  done: z.string(),
})
export const reportSchema = z.object({
  read: z.number().int(),
  used: z.number().int(),
  /** "records", "rows". */
  unit: z.string(),
  counts: z.array(z.object({ kind: reportKindSchema, count: z.number().int() })),
  /** Rows that match, of those that are listed; `listed` false: there are more than are listed. */
  total: z.number().int(),
  complete: z.boolean(),
  rows: z.array(reportRowSchema),
})
/** Of a dataset, or of what an import would give. */
export const reportOfSchema = z.union([z.object({ dataset: idSchema }), z.object({ file: z.string(), options: importOptionsSchema })])

/** What a source read again holds that it didn't hold before, and the other way round. */
export const sourceChangesSchema = z.object({
  /** The bytes are the same. */
  same: z.boolean(),
  bytes: z.object({ before: z.number().int(), after: z.number().int() }),
  /** Characters, rows, records, recordings or sequences, as `unit` says. */
  length: z.object({ before: z.number().int(), after: z.number().int() }),
  unit: z.string(),
  /** Columns, symbols, classes or arrays, as `named` says. */
  named: z.string(),
  appeared: z.array(z.string()),
  vanished: z.array(z.string()),
  /** Columns or arrays that hold something else now. */
  types: z.array(z.object({ name: z.string(), before: z.string(), after: z.string() })),
  /** Null where rows can't be told from one another, as in a text. */
  rows: z.object({
    added: z.number().int(), removed: z.number().int(), changed: z.number().int(),
    /** The first ones of each. */
    examples: z.array(z.object({ what: z.enum(['added', 'removed', 'changed']), place: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
  }).nullable(),
  /** What stays the same at the start and at the end of a text, in symbols; null for all else. */
  stretch: z.object({ start: z.number().int(), end: z.number().int(), before: z.string(), after: z.string() }).nullable(),
})

export type SplitPreview = z.infer<typeof splitPreviewSchema>
export type Audit = z.infer<typeof auditSchema>
export type ReportKind = z.infer<typeof reportKindSchema>
export type ReportRow = z.infer<typeof reportRowSchema>
export type Report = z.infer<typeof reportSchema>
export type ReportOf = z.infer<typeof reportOfSchema>
export type SourceChanges = z.infer<typeof sourceChangesSchema>
