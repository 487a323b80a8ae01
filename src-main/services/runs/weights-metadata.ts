import type { Experiment } from '@shared/experiment/schema'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { RunRecord } from './run-record'

/** What the data room fitted, by which symbols or values became numbers. */
export type Fitted = Pick<PreparedDataset, 'vocabulary' | 'classes' | 'scaler'>

/**
 * What makes a weights file useful by itself: the experiment, and how symbols or values became numbers. Nothing in it
 * differs between two runs of one experiment, so that their files are the same to the byte.
 */
export function weightsMetadata(
  experiment: Experiment, record: RunRecord, { vocabulary, classes, scaler }: Fitted, step: number,
): Record<string, string> {
  return {
    format: 'pt',
    producer: 'unroll',
    experiment: JSON.stringify(experiment),
    step: String(step),
    inputSize: String(record.inputSize),
    outputSize: String(record.outputSize),
    ...(vocabulary !== null && { vocabulary: JSON.stringify(vocabulary) }),
    ...(classes !== undefined && { classes: JSON.stringify(classes) }),
    ...(scaler !== null && { scaler: JSON.stringify(scaler) }),
  }
}
