import type { Backend, Ops, Program, Traced } from '../backends/backend'
import type { ProgramSpec } from '../bptt/programs'
import type { Batch } from './batches'

interface Shaped {
  spec: ProgramSpec
  compiled: Promise<Program>
}

/** A program a batch shape, over the same variables; compiled when the first batch of that shape comes. */
export class ShapedPrograms {
  private readonly byShape = new Map<string, Shaped>()

  constructor(private readonly backend: Backend, private readonly spec: ProgramSpec, private readonly build: (spec: ProgramSpec) => (ops: Ops) => Traced) {}

  for(batch: Batch): Promise<Program> {
    const key = `${batch.steps} ${batch.targetSteps ?? 0}`
    const known = this.byShape.get(key)
    if (known) return known.compiled
    const spec = shapedFor(this.spec, batch)
    const compiled = this.backend.compile(this.build(spec))
    this.byShape.set(key, { spec, compiled })
    return compiled
  }

  async dispose(): Promise<void> {
    // A program that failed to compile has already said so to whoever asked for it.
    for (const { compiled } of this.byShape.values()) await compiled.then((program) => { program.dispose() }, () => undefined)
    this.byShape.clear()
  }
}

/** The same network, unrolled over as many steps as the batch has. */
export const shapedFor = (spec: ProgramSpec, { steps, targetSteps }: Batch): ProgramSpec => ({ ...spec, shape: { ...spec.shape, steps, targetSteps } })
