import { z } from 'zod'
import { count, splitKeys, splitSeed } from './keys'

export const tensorsDataSchema = z.object({
  kind: z.literal('tensors'),
  source: z.string().min(1),
  /** Names of the arrays in the file: inputs, targets, how many steps of each sequence count. `y` null: each step's target is the next step of the inputs. */
  x: z.string().min(1).default('x'),
  y: z.string().min(1).nullable().default('y'),
  lengths: z.string().min(1).nullable().default('lengths'),
  /** How the parts are drawn: in the file's order; at random; at random class by class. */
  split: z.enum(['order', 'random', 'stratified']).default('order'),
  splitSeed,
  /** An array [N] whose equal numbers keep sequences in one part, such as a speaker's or a series' number. */
  group: z.string().min(1).optional(),
  /** What stays in one part besides groups: sequences that are equal number for number. */
  together: z.enum(['none', 'equal']).default('none'),
  /** In the file's order: sequences left out between two parts. */
  gap: z.int().min(0).default(0),
  /** Number of distinct token ids, when `x` is I32. */
  vocabulary: count.optional(),
  /** Number of classes, when `y` is I32. */
  classes: count.optional(),
  ...splitKeys,
})
