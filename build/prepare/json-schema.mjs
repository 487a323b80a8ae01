// npm run schema: writes docs/experiment.schema.json from the zod schema, after that has changed.
// test/cli/json-schema.test.ts fails when that was forgotten.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

const { module } = await runnerImport(here('../../shared/experiment/json-schema.ts'), { configFile: false })
writeFileSync(here('../../docs/experiment.schema.json'), `${JSON.stringify(module.experimentJsonSchema(), null, 2)}\n`)
