import { z } from 'zod'

/** Names of datasets, runs and samples. */
export const idSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/)
