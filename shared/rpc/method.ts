import type { z } from 'zod'

/** A method of the contract: what its one parameter is, and what it answers. */
export const method = <P extends z.ZodType, R extends z.ZodType>(params: P, result: R) => ({ params, result })
