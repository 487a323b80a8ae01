import { z } from 'zod'

export const generatedPreviewSchema = z.object({
  kind: z.literal('generated'),
  steps: z.number().int(),
  examples: z.number().int(),
  /** One example: its numbers, its marks and the sum to find. */
  example: z.object({ values: z.array(z.number()), marks: z.array(z.number()), sum: z.number() }),
})
/** Generated sequences of symbols. */
export const sequencesPreviewSchema = z.object({
  kind: z.literal('sequences'),
  count: z.number().int(),
  steps: z.number().int(),
  /** What the network is asked, in one sentence. */
  task: z.string(),
  /** each-step: every input has its answer below it; whole: one sequence becomes another. */
  answers: z.enum(['each-step', 'whole']),
  /** The first ones: the symbol of each step, and what is to be answered. */
  examples: z.array(z.object({ inputs: z.array(z.string()), targets: z.array(z.string()) })),
})

export type GeneratedPreview = z.infer<typeof generatedPreviewSchema>
export type SequencesPreview = z.infer<typeof sequencesPreviewSchema>
