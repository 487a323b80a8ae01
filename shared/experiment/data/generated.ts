import { z } from 'zod'
import { splitKeys } from './keys'

/**
 * Tasks made by the program, the same for the same seed.
 *   adding: the sum of the two marked numbers of a sequence (Hochreiter & Schmidhuber 1997)
 *   copy:   ten symbols to be given back after a delay (Hochreiter & Schmidhuber 1997; Arjovsky, Shah & Bengio 2016)
 *   reber:  the next symbol of strings of the embedded Reber grammar (Reber 1967; Cleeremans et al. 1989)
 *   parity: whether the ones of a string of bits are odd (Minsky & Papert 1969)
 *   sine, mackey-glass, lorenz: a signal some steps later (Mackey & Glass 1977; Lorenz 1963)
 *   tones:  the pitch of a tone in noise
 *   dates:  a date as people write it, to become year-month-day
 * Which parameters each has, and in which bounds, is in ../generators.ts.
 */
export const generatedDataSchema = z.object({
  kind: z.literal('generated'),
  generator: z.enum(['adding', 'copy', 'reber', 'parity', 'sine', 'mackey-glass', 'lorenz', 'tones', 'dates']),
  /** adding: length of each sequence; copy: the delay T, of sequences of T + 20; reber: longest string; the others: length of each; of no account for dates. */
  steps: z.int().min(2).max(10_000).default(50),
  examples: z.int().min(10).max(1_000_000).default(10_000),
  /** sine: sines that are summed, and the periods between which theirs lie, in steps. */
  components: z.number().optional(),
  shortestPeriod: z.number().optional(),
  longestPeriod: z.number().optional(),
  /** mackey-glass: the delay τ. */
  delay: z.number().optional(),
  /** lorenz: how many of x, y, z are seen. */
  observed: z.number().optional(),
  /** mackey-glass, lorenz: time between two steps. */
  interval: z.number().optional(),
  /** sine, mackey-glass, lorenz: steps ahead that are foretold. */
  horizon: z.number().optional(),
  /** sine, mackey-glass, lorenz, tones: standard deviation of the noise on what is observed. */
  noise: z.number().optional(),
  /** tones: pitches, between which frequencies in hertz they lie, and samples a second. */
  classes: z.number().optional(),
  lowest: z.number().optional(),
  highest: z.number().optional(),
  rate: z.number().optional(),
  /** dates: years between which they lie; ways of writing that are mixed. */
  firstYear: z.number().optional(),
  lastYear: z.number().optional(),
  formats: z.number().optional(),
  ...splitKeys,
})
