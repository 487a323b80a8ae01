import type { Backend, Ops, Program, Traced, Variable } from '../backend'
import { expectShape, fault, sequenceOf, tensorOf, type WasmTensor } from './handles'
import { loadKernels, simdLevel, type Kernels, type SimdLevel } from './kernel-module'
import { LinearMemory } from './linear-memory'
import { Recorder } from './recorder'
import { wasmOps } from './wasm-ops'
import { WasmProgram, type Turns } from './wasm-program'
import { WasmVariable } from './wasm-variable'

export interface WasmBackendOptions {
  /** Which build of the kernels; the better one that the host runs when absent. */
  simd?: SimdLevel
}

export interface WasmBackend extends Backend {
  /** Bytes of WebAssembly memory: in use by variables and programs, and held in all. */
  memory(): { used: number; held: number }
}

/**
 * The CPU backend: AssemblyScript kernels with SIMD on one core.
 *
 * A program becomes a flat list of kernel calls over fixed addresses of one linear memory; a run allocates nothing but
 * its results. Sequences lie as [steps, batch, width], so that an affine map over all steps is one matrix product, a
 * slice is an offset and a slot is written in place. Weights are packed for the products when they have changed.
 * On one machine the same program with the same inputs gives the same bits.
 * @throws UnrollError `device.unavailable` where WebAssembly SIMD is missing
 */
export async function createWasmBackend(options: WasmBackendOptions = {}): Promise<WasmBackend> {
  const level = options.simd ?? simdLevel()
  const kernels = await loadKernels(level)
  const memory = new LinearMemory(kernels)
  const turns: Turns = { last: 0 }
  return {
    kind: 'wasm',
    description: level === 'simd' ? 'WebAssembly SIMD' : 'WebAssembly relaxed SIMD',
    variable: (name, shape) => new WasmVariable(name, [...shape], memory),
    compile: async (build) => trace(build, kernels, memory, turns),
    memory: () => ({ used: memory.used, held: memory.size }),
    // The memory goes with the last handle on it.
    dispose: async () => undefined,
  }
}

function trace(build: (ops: Ops) => Traced, kernels: Kernels, memory: LinearMemory, turns: Turns): Program {
  const recorder = new Recorder(kernels)
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
  let base = 0
  const recording = recorder.finish((bytes) => (base = memory.allocate(bytes)))
  return new WasmProgram({ kernels, memory, turns, recording, base, results, assignments, guard })
}

/** A value that no assignment writes over: one that is itself a variable's is copied first, as all are taken over together. */
function steady(recorder: Recorder, value: WasmTensor): WasmTensor {
  if (value.block.version === null) return value
  const copy = recorder.tensor(value.shape)
  recorder.step(value.size / 4, [value, copy], () => {
    const [bytes, from, to] = [value.size * 4, value.address, copy.address]
    return () => { recorder.kernels.copy(bytes, from, to) }
  })
  return copy
}
