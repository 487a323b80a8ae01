import { z } from 'zod'
import { audioPreviewSchema } from './previews/audio'
import { generatedPreviewSchema, sequencesPreviewSchema } from './previews/generated'
import { recordsPreviewSchema } from './previews/records'
import { seriesPreviewSchema } from './previews/series'
import { tensorsPreviewSchema } from './previews/tensors'
import { textPreviewSchema } from './previews/text'

export * from './previews/audio'
export * from './previews/generated'
export * from './previews/lengths'
export * from './previews/records'
export * from './previews/series'
export * from './previews/tensors'
export * from './previews/text'

/** What an import would give, before anything is kept. One union, a member a kind. */
export const previewSchema = z.discriminatedUnion('kind', [textPreviewSchema, seriesPreviewSchema, recordsPreviewSchema, audioPreviewSchema, tensorsPreviewSchema, generatedPreviewSchema, sequencesPreviewSchema])

export type Preview = z.infer<typeof previewSchema>
