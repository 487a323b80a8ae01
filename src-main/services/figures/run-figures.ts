import type { PartFigures } from '@shared/rpc/schemas'
import type { PreparedData } from '../../engine/training/prepared-data'
import type { EvaluatedPart } from './evaluate-parts'

/** What of a prepared dataset names its outputs. */
export interface NamedOutputs {
  classes?: string[] | undefined
  vocabulary: string[] | null
  data: Pick<PreparedData, 'form'>
  outputSize: number
}

/** The figures as files and screens have them: each class by its name, where the data names them. */
export function namedFigures(evaluated: readonly EvaluatedPart[], { classes, vocabulary, data, outputSize }: NamedOutputs): PartFigures[] {
  const names = classes ?? (data.form === 'tokens' ? vocabulary : null)
  return evaluated.map(({ part, loss, scores, confusion }) => ({
    part, loss, scores,
    confusion: confusion && {
      labels: Array.from({ length: outputSize }, (_, id) => names?.[id] ?? String(id)),
      counts: Array.from({ length: outputSize }, (_, id) => [...confusion.counts.subarray(id * outputSize, (id + 1) * outputSize)]),
    },
  }))
}
