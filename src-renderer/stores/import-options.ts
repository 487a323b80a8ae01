import type { AudioOptions, FileToken, ImportOptions, Preview, RecordsOptions, SeriesOptions, TensorsOptions, TextOptions } from '@shared/rpc/schemas'

export type ImportKind = ImportOptions['kind']
/** A change of one option or several, of whichever kind. */
export type OptionChange = Partial<Omit<AudioOptions, 'kind'>> | Partial<Omit<TextOptions, 'kind'>> | Partial<Omit<SeriesOptions, 'kind'>> | Partial<Omit<RecordsOptions, 'kind'>> | Partial<Omit<TensorsOptions, 'kind'>>

const delimiters = [',', ';', '\t', '|'] as const
const delimiterOf = (written: string | null) => delimiters.find((known) => known === written)

/** Everything a preview shows as chosen, as options; null where there is nothing to import. */
export function optionsOf(preview: Preview, asked: ImportOptions | null): ImportOptions | null {
  switch (preview.kind) {
    // A text's options are none of its preview's: what was asked for stands.
    case 'text': return asked?.kind === 'text' ? asked : { kind: 'text', unit: 'char' }
    // What a preview doesn't show as chosen stands as it was asked for.
    case 'series': return { ...(asked?.kind === 'series' && asked), kind: 'series', header: preview.header, delimiter: delimiterOf(preview.delimiter), ...preview.chosen }
    case 'records': return { kind: 'records', header: preview.header ?? undefined, delimiter: delimiterOf(preview.delimiter), ...preview.chosen }
    case 'audio': return { kind: 'audio', ...preview.chosen }
    case 'tensors': {
      const { x, y, lengths, group } = preview.chosen
      return { kind: 'tensors', ...(x !== null && { x }), y, lengths, group }
    }
    case 'generated': case 'sequences': return null
  }
}

/** The options with a change, all others keeping their guessed or chosen values. */
export function changed(base: ImportOptions, change: OptionChange): ImportOptions {
  // Another delimiter or header makes other columns: whatever was chosen by name is guessed anew.
  const renamed = 'delimiter' in change || 'header' in change
  switch (base.kind) {
    case 'text': return { ...base, ...(change as Partial<TextOptions>), kind: 'text' }
    case 'audio': return { ...base, ...(change as Partial<AudioOptions>), kind: 'audio' }
    case 'tensors': return { ...base, ...(change as Partial<TensorsOptions>), kind: 'tensors' }
    case 'series': {
      const { delimiter, header, horizon, scale, encoding, missing } = base
      return { ...(renamed ? { delimiter, header, horizon, scale, encoding, missing } : base), ...(change as Partial<SeriesOptions>), kind: 'series' }
    }
    case 'records': {
      const { delimiter, header, unit, repeats, faulty } = base
      return { ...(renamed ? { delimiter, header, unit, repeats, faulty } : base), ...(change as Partial<RecordsOptions>), kind: 'records' }
    }
  }
}

/** The options a kind starts from when it is chosen: all guessed. */
export const fresh = (kind: ImportKind): ImportOptions => (kind === 'text' ? { kind, unit: 'char' } : { kind })

/** The kind a file most likely is, by its name alone; null where no form would help. */
export function likeliest({ name, folder }: Pick<FileToken, 'name' | 'folder'>): ImportOptions | null {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  if (folder) return fresh('audio')
  if (['csv', 'tsv', 'tab', 'parquet'].includes(ending)) return fresh('series')
  if (['jsonl', 'ndjson'].includes(ending)) return fresh('records')
  return ending === 'txt' || ending === 'md' ? fresh('text') : null
}
