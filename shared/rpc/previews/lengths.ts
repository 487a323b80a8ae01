import { z } from 'zod'

/** How long things are. */
export const lengthsSchema = z.object({
  count: z.number().int(),
  shortest: z.number().int(),
  longest: z.number().int(),
  mean: z.number(),
  /** So many of `from` to `to`, both included; at most 40 bins over all lengths. */
  lengths: z.array(z.object({ from: z.number().int(), to: z.number().int(), count: z.number().int() })),
})

export type Lengths = z.infer<typeof lengthsSchema>
