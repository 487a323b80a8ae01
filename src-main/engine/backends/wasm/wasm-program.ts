import { UnrollError } from '@shared/errors'
import { engineHost } from '../../host'
import type { Program, ProgramInputs } from '../backend'
import type { WasmSequence, WasmTensor } from './handles'
import type { Kernels } from './kernel-module'
import type { LinearMemory } from './linear-memory'
import type { Recording } from './recorder'
import type { WasmVariable } from './wasm-variable'

/** Work between two looks at the clock, in multiply-adds: some 0.1 ms. */
const CLOCK_EVERY = 2 ** 21
/** How long a host's messages wait at most: the word to stop is one of them. */
const TURN_EVERY_MS = 30

/** When the host last had its turn; one for all programs of a backend, so that short runs make room for it too. */
export interface Turns {
  last: number
}

export interface ProgramParts {
  kernels: Kernels
  memory: LinearMemory
  turns: Turns
  recording: Recording
  /** Start of the program's own memory. */
  base: number
  results: readonly (readonly [string, WasmTensor | WasmSequence])[]
  assignments: readonly (readonly [WasmVariable, WasmTensor])[]
  guard: readonly string[]
}

export class WasmProgram implements Program {
  readonly executor = 'wasm-simd'
  private running = false
  private disposed = false

  constructor(private readonly parts: ProgramParts) {}

  async run(inputs: ProgramInputs, cancelled?: () => boolean): Promise<Record<string, Float32Array>> {
    if (this.running || this.disposed) {
      throw new UnrollError('internal.program-busy', `A program was run ${this.disposed ? 'after it was disposed of' : 'while it was running'}.`)
    }
    this.takeInputs(inputs)
    this.running = true
    try {
      await this.execute(() => this.disposed || (cancelled?.() ?? false))
      const results = this.readResults()
      if (this.parts.guard.every((name) => results[name]!.every(Number.isFinite))) this.assign()
      return results
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

  private async execute(cancelled: () => boolean): Promise<void> {
    const { recording: { calls, costs }, turns } = this.parts
    let work = 0
    for (let i = 0; i < calls.length; i++) {
      if (cancelled()) givenUp()
      calls[i]!()
      work += costs[i]!
      if (work < CLOCK_EVERY) continue
      work = 0
      if (engineHost.now() - turns.last < TURN_EVERY_MS) continue
      await engineHost.yieldToHost()
      turns.last = engineHost.now()
    }
    if (cancelled()) givenUp()
  }

  private readResults(): Record<string, Float32Array> {
    const { results, memory } = this.parts
    return Object.fromEntries(results.map(([name, { address, size }]) => [name, memory.read(address, size)]))
  }

  private assign(): void {
    const { assignments, kernels } = this.parts
    for (const [variable, value] of assignments) {
      kernels.copy(value.size * 4, value.address, variable.block.address)
      variable.changed()
    }
  }

  private release(): void {
    this.parts.memory.free(this.parts.base)
  }
}

function givenUp(): never {
  throw new UnrollError('run.cancelled', 'The run was given up between two kernels; no variable has changed.')
}
