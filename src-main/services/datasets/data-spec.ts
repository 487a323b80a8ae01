import { UnrollError } from '@shared/errors'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import type { ImportOptions, Preview } from '@shared/rpc/schemas'

type FileData = Exclude<Experiment['data'], { kind: 'generated' }>

/**
 * The `data` part of an experiment on an imported source; what the user left open is guessed from it, once and for all.
 * @param preview asked for only where something has to be guessed
 */
export async function dataSpecOf(source: string, options: ImportOptions, preview: () => Promise<Preview>): Promise<Experiment['data']> {
  const common = { source, validation: 0.1, test: 0.1 }
  const parse = (spec: object) => experimentSchema.shape.data.parse({ ...common, ...spec })
  if (options.kind === 'text' || options.kind === 'audio') return parse(options)
  const found = await preview()
  if (found.kind === 'series') return parse({ ...options, ...found.chosen, ...writtenAs(found) })
  if (found.kind === 'tensors') {
    const { x, y, lengths, group } = found.chosen
    if (found.problem !== null || found.found === null || x === null) throw new UnrollError('dataset.tensors', found.problem ?? 'The file has no arrays to train on.', { hint: 'Choose which array is what, or correct it where the file is made.' })
    const { tokens, classes, inputSize, outputSize } = found.found
    return parse({ kind: 'tensors', x, y, lengths, ...(group !== null && { group }), ...(tokens && { vocabulary: inputSize }), ...(classes && { classes: outputSize }) })
  }
  if (found.kind !== 'records') throw new UnrollError('internal.preview-kind', `A preview of ${options.kind} was asked for and one of ${found.kind} came.`)
  const { form, delimiter, header, chosen: { sequence, target, targetIs, group, unit, repeats, faulty } } = found
  return parse({
    kind: 'records', unit, repeats, faulty, ...(group !== null && { group }),
    ...(form === 'table' && writtenAs({ delimiter, header })),
    ...(form !== 'folder' && { sequence, [targetIs === 'class' ? 'label' : 'output']: target }),
  })
}

/** Parquet says itself how it is written. */
const writtenAs = ({ delimiter, header }: { delimiter: string | null; header: boolean | null }) => (delimiter === 'parquet' ? { delimiter: undefined, header: undefined } : { delimiter, header })

/** The options that lead to such data again. */
export function optionsOf(data: FileData): ImportOptions {
  switch (data.kind) {
    case 'text': {
      const { unit, encoding, vocabularySize, lowerCase, normalise } = data
      return { kind: 'text', unit, encoding, vocabularySize, lowerCase, normalise }
    }
    case 'series': {
      const { columns, target, time, horizon, scale, transform, lags, key, missing, steps, calendar, gap, encoding, delimiter, header } = data
      return { kind: 'series', columns, target, time, horizon, scale, transform, lags, key, missing, steps, calendar, gap, encoding, delimiter, header }
    }
    case 'records': {
      const { sequence, label, output, group, unit, repeats, faulty, delimiter, header } = data
      return { kind: 'records', ...(sequence !== undefined && { sequence, target: output ?? label }), targetIs: output === undefined ? 'class' : 'sequence', group: group ?? null, unit, repeats, faulty, delimiter, header }
    }
    case 'audio': {
      const { features, group, labels, repeats, faulty } = data
      return { kind: 'audio', features, group, labels, repeats, faulty }
    }
    case 'tensors': {
      const { x, y, lengths, group } = data
      return { kind: 'tensors', x, y, lengths, group: group ?? null }
    }
  }
}
