import { z } from 'zod'
import { experimentSchema } from './schema'

/**
 * The experiment file's JSON Schema (draft 2020-12), for editors: docs/experiment.schema.json. Made from the schema that
 * reads the file, so that the two can't part; `"$schema"` itself is allowed in a file.
 */
export function experimentJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(experimentSchema, { io: 'input' })
  return {
    $schema,
    title: 'Unroll experiment',
    description: 'Data, task, model and training of one experiment; docs/experiment-file.md says what each key means.',
    ...schema,
  }
}
