import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { experimentJsonSchema } from '@shared/experiment/json-schema'

test('docs/experiment.schema.json is the schema that reads experiment files', () => {
  const committed: unknown = JSON.parse(readFileSync('docs/experiment.schema.json', 'utf8'))
  expect(committed, 'run `npm run schema`').toEqual(JSON.parse(JSON.stringify(experimentJsonSchema())))
})
