import { z } from 'zod'
import { splitKeys, textEncodings } from './keys'

/** A file, or a folder of which all .txt and .md files are read, in the order of their paths. */
export const textDataSchema = z.object({
  kind: z.literal('text'),
  source: z.string().min(1),
  /** A token: a code point; a word or sign with the space before it; a byte. */
  unit: z.enum(['char', 'word', 'byte']).default('char'),
  /** Words only: symbols kept, the most frequent of the training part after the unknown one, as which all others read. */
  vocabularySize: z.int().min(2).max(1_000_000).default(10_000),
  /** How the file is written; found by its byte order mark and its first bytes when absent. */
  encoding: z.enum(textEncodings).optional(),
  /** Applied to the text before anything else, in this order. */
  lowerCase: z.boolean().default(false),
  normalise: z.enum(['none', 'NFC', 'NFD', 'NFKC', 'NFKD']).default('none'),
  /** Symbols left out between two parts. */
  gap: z.int().min(0).default(0),
  ...splitKeys,
})
