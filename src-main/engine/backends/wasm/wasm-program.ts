import { UnrollError } from '@shared/errors'
import { engineHost } from '../../host'
import type { Program, ProgramInputs } from '../backend'
import type { Crew } from './crew'
import type { WasmSequence, WasmTensor } from './handles'
import type { Kernels } from './kernel-module'
import type { LinearMemory } from './linear-memory'
import { Pace } from './pace'
import type { Recording } from './recorder'
import { ProgramRun, type Turns } from './program-run'
import type { WasmVariable } from './wasm-variable'

/** What a program has to have taken alone before threads are started for it: as long as that takes. Most jobs are over by then. */
const GATHER_AFTER_MS = 50

export interface ProgramParts {
  kernels: Kernels
  memory: LinearMemory
  crew: Crew
  turns: Turns
  /** Whether runs are shared even where that costs time. */
  shareAll: boolean
  recording: Recording
  /** Start of the program's own memory. */
  base: number
  results: readonly (readonly [string, WasmTensor | WasmSequence])[]
  /** Variables that the last segments of the program write. */
  assigned: readonly WasmVariable[]
  guard: readonly string[]
}

export class WasmProgram implements Program {
  readonly executor = 'wasm-simd'
  private readonly pace: Pace
  private spent = 0
  private running = false
  private disposed = false

  constructor(private readonly parts: ProgramParts) {
    this.pace = new Pace(parts.shareAll ? Infinity : parts.recording.alone.cost)
  }

  /** Threads that it is cut for. */
  get threads(): number {
    return this.parts.recording.shared?.threads ?? 1
  }

  async run(inputs: ProgramInputs, cancelled?: () => boolean): Promise<Record<string, Float32Array>> {
    if (this.running || this.disposed) {
      throw new UnrollError('internal.program-busy', `A program was run ${this.disposed ? 'after it was disposed of' : 'while it was running'}.`)
    }
    this.takeInputs(inputs)
    this.running = true
    try {
      return await this.execute(() => this.disposed || (cancelled?.() ?? false))
    } finally {
      this.running = false
      if (this.disposed) this.release()
    }
  }

  /** Gives its memory back; a run under way is given up first. */
  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    if (!this.running) this.release()
  }

  private takeInputs(inputs: ProgramInputs): void {
    const { recording, memory } = this.parts
    // All are checked before the first is taken.
    for (const [name, { count, kind }] of recording.inputs) {
      const values = inputs[name]
      const expected = `${count} ${kind === 'float' ? 'float32' : 'int32'} numbers`
      const fits = values instanceof (kind === 'float' ? Float32Array : Int32Array)
      if (fits && values.length === count) continue
      const found = values === undefined ? 'is missing' : fits ? `holds ${values.length}` : `is a ${values.constructor.name} of ${values.length}`
      throw new UnrollError('shape.mismatch', `Input "${name}" should hold ${expected} but ${found}.`, { where: { parameter: name } })
    }
    for (const [name, { block, kind }] of recording.inputs) {
      (kind === 'float' ? memory.floats : memory.ints).set(inputs[name]!, block.address / 4)
    }
  }

  private async execute(cancelled: () => boolean): Promise<Record<string, Float32Array>> {
    const { kernels, crew, turns, recording: { alone, shared, conditions }, assigned, guard, memory } = this.parts
    const versions = conditions.map(({ source }) => source.version!)
    for (const [index, { version, address }] of conditions.entries()) memory.ints[address / 4] = version === versions[index] ? 0 : 1
    let results: Record<string, Float32Array> = {}
    const counts = () => {
      results = this.readResults()
      return guard.every((name) => results[name]!.every(Number.isFinite))
    }
    const start = engineHost.now()
    const committed = await new ProgramRun({ kernels, crew, turns, alone, shared: this.pace.shared ? shared : null, cancelled, counts }).run()
    this.took(engineHost.now() - start)
    for (const [index, condition] of conditions.entries()) condition.version = versions[index]!
    if (committed) for (const variable of assigned) variable.changed()
    return results
  }

  private took(milliseconds: number): void {
    const { crew } = this.parts
    if (this.threads === 1) return
    if (crew.whole) this.pace.took(milliseconds)
    this.spent += milliseconds
    if (this.spent >= GATHER_AFTER_MS) void crew.gather()
  }

  private readResults(): Record<string, Float32Array> {
    const { results, memory } = this.parts
    return Object.fromEntries(results.map(([name, { address, size }]) => [name, memory.read(address, size)]))
  }

  private release(): void {
    this.parts.memory.free(this.parts.base)
    const { alone, shared } = this.parts.recording
    for (const list of [alone, shared]) if (list) this.parts.memory.free(list.base)
  }
}
