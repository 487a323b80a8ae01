import { join } from 'node:path'
import { z } from 'zod'
import { UnrollError } from '@shared/errors'
import { generatedDataSchema } from '@shared/experiment/data/generated'
import { modelSchema } from '@shared/experiment/model-schema'
import { trainingSchema } from '@shared/experiment/training-schema'
import { importOptionsSchema, sampleSchema, type Sample } from '@shared/rpc/schemas'
import { readJson } from '../files/atomic'

/** An entry of samples.json: what a window is told, and how the sample becomes a dataset. */
const sampleEntrySchema = sampleSchema.extend({
  /** The file beside samples.json; absent for generated samples. */
  file: z.string().optional(),
  options: importOptionsSchema.optional(),
  data: generatedDataSchema.optional(),
  /** What the sample trains best with, over the defaults. */
  model: modelSchema.partial().optional(),
  training: trainingSchema.partial().optional(),
})
export type SampleEntry = z.infer<typeof sampleEntrySchema>

/** The samples that come with the program. */
export class Samples {
  private entries: Promise<SampleEntry[]> | null = null

  constructor(private readonly folder: string) {}

  async list(): Promise<Sample[]> {
    // What a window is told, and no more.
    return (await this.all()).map((entry) => sampleSchema.parse(entry))
  }

  async get(id: string): Promise<SampleEntry> {
    const entry = (await this.all()).find((each) => each.id === id)
    if (entry === undefined) throw new UnrollError('sample.not-found', `There is no sample "${id}".`)
    return entry
  }

  pathOf(file: string): string { return join(this.folder, file) }

  private all(): Promise<SampleEntry[]> {
    return this.entries ??= this.read()
  }

  private async read(): Promise<SampleEntry[]> {
    const content = await readJson(join(this.folder, 'samples.json'))
    if (content === null) throw new UnrollError('internal.no-samples', `The samples aren't in ${this.folder}.`, { hint: 'Run npm run build.' })
    return z.array(sampleEntrySchema).parse(content)
  }
}
