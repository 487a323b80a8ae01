import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { UnrollError } from '@shared/errors'
import { lengthsSchema, seriesPreviewSchema } from '@shared/rpc/schemas'
import { damaged } from './npy'

/** What is read of a shard folder first; its being there makes a folder a stored dataset. */
export const manifestName = 'unroll-shards.json'

const shape = z.array(z.int().min(0)).min(1).max(2)
const arraySchema = z.object({ file: z.string().regex(/^[a-z-]+\.npy$/), type: z.enum(['|u1', '<u2', '<i4', '<f4', '<f8']), shape })

const sourceSchema = z.object({
  /** Of the file or folder that was read, without its path. */
  name: z.string(),
  bytes: z.number().int(),
  /** SHA-256 of the bytes read, in hexadecimal. */
  sha256: z.string(),
})

/** A text as token ids; `symbols.json` holds each id's symbol and how often it occurs. */
const textManifestSchema = z.object({
  shards: z.literal(1),
  kind: z.literal('text'),
  source: sourceSchema,
  /** How it was read: what `data` of an experiment on it must agree with. */
  read: z.object({ unit: z.enum(['char', 'word', 'byte']), lowerCase: z.boolean(), normalise: z.enum(['none', 'NFC', 'NFD', 'NFKC', 'NFKD']), encoding: z.string() }),
  tokens: arraySchema,
  symbols: z.number().int(),
  /** The first 2,000 characters. */
  start: z.string(),
  warnings: z.array(z.string()),
  lines: lengthsSchema.nullable().default(null),
  documents: lengthsSchema.nullable().default(null),
})
export type TextManifest = z.infer<typeof textManifestSchema>

/** A table as its columns of numbers, [rows, columns] float64; NaN where a cell isn't one. */
const seriesManifestSchema = z.object({
  shards: z.literal(1),
  kind: z.literal('series'),
  source: sourceSchema,
  columns: z.array(z.string()).min(1),
  values: arraySchema,
  /** The time column, whose cells stand in labels.txt, a line a row. */
  time: z.string().nullable(),
  /** The column that says whose row it is, and the names that the ids are of. */
  key: z.object({ column: z.string(), names: z.array(z.string()), ids: arraySchema }).nullable(),
  /** The line of its source that the first row ends in, where each next row is one further; else every row's. Null: it has none, or they weren't kept. */
  lines: z.union([z.int(), arraySchema]).nullable().default(null),
  preview: seriesPreviewSchema,
})
export type SeriesManifest = z.infer<typeof seriesManifestSchema>

const manifestSchema = z.discriminatedUnion('kind', [textManifestSchema, seriesManifestSchema])
export type Manifest = z.infer<typeof manifestSchema>

/** Null when the folder (or whatever is at `path`) isn't a stored dataset. */
export async function readManifest(path: string): Promise<Manifest | null> {
  const file = join(path, manifestName)
  let content: string
  try {
    content = await readFile(file, 'utf8')
  } catch {
    return null
  }
  try {
    return manifestSchema.parse(JSON.parse(content))
  } catch (cause) {
    throw new UnrollError(damaged(file).code, damaged(file).message, { hint: damaged(file).hint!, where: { file }, cause })
  }
}

/** Written last: a folder without it isn't a dataset. */
export const writeManifest = (folder: string, manifest: Manifest): Promise<void> => writeFile(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx' })
