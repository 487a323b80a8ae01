import { z } from 'zod'
import { splitKeys, splitSeed } from './keys'

/** A folder of WAV, FLAC and MP3 files, a recording a sequence of frames; its class is the sub-folder, or what a CSV says. */
export const audioDataSchema = z.object({
  kind: z.literal('audio'),
  source: z.string().min(1),
  features: z.enum(['log-mel', 'mfcc']).default('log-mel'),
  /** A CSV in the folder, whose columns `file` and `label` name the recordings and their classes. */
  labels: z.string().min(1).optional(),
  file: z.string().min(1).default('file'),
  label: z.string().min(1).default('label'),
  /**
   * What keeps recordings in one part, such as a speaker: a pattern of file names with {group} in it (with a slash: of their
   * paths in the folder), or a column of the CSV.
   */
  group: z.string().min(1).optional(),
  /** How the parts are drawn where no group is named: at random class by class, or at random. */
  split: z.enum(['stratified', 'random']).default('stratified'),
  splitSeed,
  /** What stays in one part besides groups: recordings that are equal sample for sample. */
  together: z.enum(['none', 'equal']).default('none'),
  /** Samples a second that all are brought to; null: those of the first recording, at most 16,000. */
  sampleRate: z.int().min(100).max(384_000).nullable().default(null),
  /** Seconds of a frame, and between two frames' starts. */
  frame: z.number().min(0.0005).max(10).default(0.025),
  hop: z.number().min(0.0005).max(10).default(0.01),
  /** Mel bands, between two frequencies in hertz; null: up to half the sample rate. */
  bands: z.int().min(1).max(512).default(40),
  lowest: z.number().min(0).default(0),
  highest: z.number().positive().nullable().default(null),
  /** mfcc: coefficients kept. */
  coefficients: z.int().min(1).max(512).default(13),
  repeats: z.enum(['once', 'all']).default('once'),
  /** Recordings that can't be read: the first one ends the import, or they are left out and told. */
  faulty: z.enum(['refuse', 'leave-out']).default('refuse'),
  ...splitKeys,
})
