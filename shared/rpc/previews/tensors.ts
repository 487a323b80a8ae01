import { z } from 'zod'
import { lengthsSchema } from './lengths'

export const arraySchema = z.object({
  name: z.string(),
  /** "F32". */
  type: z.string(),
  shape: z.array(z.number().int()),
  min: z.number().nullable(),
  max: z.number().nullable(),
  /** The first numbers. */
  first: z.array(z.number()),
})
export const tensorsPreviewSchema = z.object({
  kind: z.literal('tensors'),
  arrays: z.array(arraySchema),
  chosen: z.object({ x: z.string().nullable(), y: z.string().nullable(), lengths: z.string().nullable(), group: z.string().nullable() }),
  /** What is wrong with these roles, in one sentence; null: it can be imported. */
  problem: z.string().nullable(),
  /** What follows from the roles; null while there is a problem. */
  found: z.object({
    count: z.number().int(), steps: z.number().int(), inputSize: z.number().int(), outputSize: z.number().int(),
    tokens: z.boolean(), classes: z.boolean(), output: z.enum(['every-step', 'last-step']),
    lengths: lengthsSchema.nullable(),
    balance: z.object({ total: z.number().int(), list: z.array(z.object({ name: z.string(), count: z.number().int() })) }).nullable(),
    examples: z.array(z.object({ inputs: z.array(z.string()), targets: z.array(z.string()) })),
  }).nullable(),
})

export type TensorsPreview = z.infer<typeof tensorsPreviewSchema>
