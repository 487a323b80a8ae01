import type { Backend, Ops, Traced, Variable } from '../backend'
import { expectShape, fault, sequenceOf, tensorOf, type WasmTensor } from './handles'
import { Crew } from './crew'
import type { HelperThreads } from './helper-threads'
import { call } from './kernel-calls'
import { instantiate, kernelModule, sharedMemory, simdLevel, type Kernels, type SimdLevel } from './kernel-module'
import { LinearMemory } from './linear-memory'
import { Recorder } from './recorder'
import type { Turns } from './program-run'
import { wasmOps } from './wasm-ops'
import { WasmProgram } from './wasm-program'
import { WasmVariable } from './wasm-variable'
import type { Work } from './work'

export interface WasmBackendOptions {
  /** Which build of the kernels; the better one that the host runs when absent. */
  simd?: SimdLevel
  /** Threads that share the work of programs large enough, on relaxed SIMD; none when absent. */
  helpers?: HelperThreads | null
  /** Whether programs are shared from the first run on and however small they are, which costs time: for tests. */
  shareAll?: boolean
}

export interface WasmBackend extends Backend {
  /** Bytes of WebAssembly memory: in use by variables and programs, and held in all. */
  memory(): { used: number; held: number }
}

/**
 * The CPU backend: AssemblyScript kernels with SIMD on one core, or on several that share the work.
 *
 * A program becomes a list of kernel calls over fixed addresses of one linear memory, for each thread one, which lies in
 * that memory too; a run allocates nothing but its results. How many threads there are changes no bit of them. Sequences lie as [steps, batch, width], so that an affine map over all steps is one matrix product, a
 * slice is an offset and a slot is written in place. Weights are packed for the products when they have changed.
 * On one machine the same program with the same inputs gives the same bits.
 * @throws UnrollError `device.unavailable` where WebAssembly SIMD is missing
 */
export async function createWasmBackend(options: WasmBackendOptions = {}): Promise<WasmBackend> {
  const level = options.simd ?? simdLevel()
  const helpers = level === 'relaxed-simd' && options.helpers && options.helpers.threads > 1 ? options.helpers : null
  // Where no memory can be shared (an address space that is limited, say) one thread does it all.
  const shared = helpers && sharedMemory()
  const module = await kernelModule(level, shared !== null)
  const kernels = instantiate(module, shared)
  const memory = new LinearMemory(kernels)
  const crew = new Crew(kernels, module, memory, helpers)
  const own = { kernels, memory, crew, turns: { last: 0 }, shareAll: options.shareAll ?? false }
  const fixed = memory.used
  return {
    kind: 'wasm',
    description: `WebAssembly ${level === 'simd' ? 'SIMD' : 'relaxed SIMD'}${crew.threads > 1 ? `, ${crew.threads} threads` : ''}`,
    variable: (name, shape) => new WasmVariable(name, [...shape], memory),
    async compile(build) {
      const program = trace(build, own)
      if (program.threads > 1 && own.shareAll) await crew.gather()
      return program
    },
    memory: () => ({ used: memory.used - fixed, held: memory.size }),
    // The memory goes with the last handle on it.
    dispose: () => crew.dispose(),
  }
}

/** What the programs of a backend share. */
interface Own {
  kernels: Kernels
  memory: LinearMemory
  crew: Crew
  turns: Turns
  shareAll: boolean
}

function trace(build: (ops: Ops) => Traced, { kernels, memory, crew, turns, shareAll }: Own): WasmProgram {
  const recorder = new Recorder(kernels, crew.threads, shareAll)
  const own = (variable: Variable): WasmVariable =>
    variable instanceof WasmVariable && variable.memory === memory ? variable : fault(`the variable "${variable.name}" belongs to another backend`)
  const traced = build(wasmOps(recorder, (variable) => own(variable).tensor))

  const results = Object.entries(traced.results).map(([name, handle]) =>
    [name, 'steps' in handle ? sequenceOf(handle, `the result "${name}"`) : tensorOf(handle, `the result "${name}"`)] as const)
  const assignments = (traced.assign ?? []).map(([handle, value]) => {
    const variable = own(handle)
    const tensor = tensorOf(value, `the new value of "${variable.name}"`)
    expectShape(`the new value of "${variable.name}"`, variable.shape, tensor.shape)
    return [variable, steady(recorder, tensor)] as const
  })
  const twice = assignments.find(([variable], index) => assignments.findIndex(([other]) => other === variable) < index)
  if (twice) fault(`the variable "${twice[0].name}" is assigned twice`)
  const guard = traced.guard ?? []
  for (const name of guard) if (!(name in traced.results)) fault(`the guard "${name}" is no result`)

  for (const [, value] of [...results, ...assignments]) recorder.keep(value)
  for (const [variable, value] of assignments) recorder.commit(copied(value, variable.tensor))
  let base = 0
  const recording = recorder.finish((bytes) => (base = memory.allocate(bytes)), memory)
  return new WasmProgram({ kernels, memory, crew, turns, shareAll, recording, base, results, assigned: assignments.map(([variable]) => variable), guard })
}

/** Copying a tensor to another of its size, as a step. */
const copied = (value: WasmTensor, target: WasmTensor): Work => ({
  cost: value.size / 4, reads: [value], writes: [target], split: { count: value.size, unit: 16 },
  calls: ({ from, to }) => call('copy', (to - from) * 4, value.address + from * 4, target.address + from * 4),
})

/** A value that no assignment writes over: one that is itself a variable's is copied first, as all are taken over together. */
function steady(recorder: Recorder, value: WasmTensor): WasmTensor {
  if (value.block.version === null) return value
  const copy = recorder.tensor(value.shape)
  recorder.step(copied(value, copy))
  return copy
}
