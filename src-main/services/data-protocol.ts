import type { Experiment } from '@shared/experiment/schema'
import type { GeneratedPreview, ImportOptions, Preview, SequencesPreview, SourceChanges, SplitPreview } from '@shared/rpc/schemas'
import type { Audit } from '../data/audit/audit'
import type { DataProgress, PreparedDataset } from '../data/prepared-dataset'
import type { SourceReport } from '../data/report/report-log'
import type { Manifest } from '../data/shards/manifest'

/**
 * What the data worker answers to, over a Port with birpc (services/compute/rpc.ts). `task` is the caller's own name for
 * the call, with which it can cancel it and tell its progress from another's.
 * Errors cross as ErrorEnvelope: `dataset.*`, `file.*`, `import.cancelled`.
 */
export interface DataApi {
  /** Reads a file and says what an import would give; `options` null: guess everything. */
  preview(task: string, path: string, options: ImportOptions | null): Promise<Preview>
  /** The first examples of a generated dataset. */
  previewGenerated(data: Extract<Experiment['data'], { kind: 'generated' }>, seed: number): Promise<GeneratedPreview | SequencesPreview>
  /** Stores a source once as typed shards in `folder`, which exists and is empty (data/store.ts). */
  store(task: string, data: Experiment['data'], path: string, folder: string): Promise<Manifest>
  /** Reads, splits, scales; `data.source` is relative to `folder`. */
  prepare(task: string, experiment: Experiment, folder: string): Promise<PreparedDataset>
  /** What crosses the split of an experiment's data, and how to mend it. */
  audit(task: string, experiment: Experiment, folder: string): Promise<Audit>
  /** What lies where in the split of an experiment's data, without preparing them. */
  previewSplit(task: string, experiment: Experiment, folder: string): Promise<SplitPreview>
  /** What of an experiment's source was read, repaired and left out, row by row. */
  report(task: string, experiment: Experiment, folder: string): Promise<SourceReport>
  /** What a dataset's source read again, in `after`, changes. */
  changes(task: string, experiment: Experiment, before: string, after: { data: Experiment['data']; folder: string }): Promise<Omit<SourceChanges, 'same' | 'bytes'>>
  /** Ends the task within a chunk of the file; its call ends with `import.cancelled`. Null: all tasks. */
  cancel(task: string | null): Promise<void>
}

/** What the data worker tells without being asked, at most 20 times a second and once at the end. */
export interface DataEvents {
  progress(task: string, progress: DataProgress): void
}
