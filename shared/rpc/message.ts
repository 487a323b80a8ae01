import { z } from 'zod'

/**
 * What crosses the Port between a window and the main side (birpc's own form): a request, its answer, or, without an
 * id, an event. Whatever else arrives is dropped before birpc sees it.
 */
const requestSchema = z.object({
  t: z.literal('q'),
  i: z.string().max(64).optional(),
  m: z.string().max(64),
  a: z.array(z.unknown()).max(2),
  o: z.boolean().optional(),
})
const answerSchema = z.object({ t: z.literal('s'), i: z.string().max(64), r: z.unknown().optional(), e: z.unknown().optional() })

export const messageSchema = z.discriminatedUnion('t', [requestSchema, answerSchema])
export type Message = z.infer<typeof messageSchema>

/** The one function of the window that the main side calls, always as an event. */
export interface WindowFunctions {
  event(name: string, payload: unknown): void
}
