import { GPU, Input as GpuInput } from 'gpu.js'
import { UnrollError } from '@shared/errors'
import { deviceFailed, watchDevice, type DeviceHealth, type RanOn } from './device-health'
import { fusedPlan, type FusedPlan } from './fused-plan'
import { helpers } from './helpers'
import { copy } from './kernels/copy'
import type { Constants } from './kernel-types'

/** GPU.js's own modes; "webgl2" needs a browser, "webgpu" needs `navigator.gpu`. */
export type GpuMode = 'webgpu' | 'webgl2' | 'webasm' | 'cpu'

/** A GPU.js kernel. Called while a pipeline is traced, it records a step and answers with an opaque handle. */
export type Kernel = (...args: readonly unknown[]) => unknown

/** The text of a kernel is what counts; GPU.js fills in `this` and the arguments. */
export type KernelSource = (...args: never[]) => number

export interface Pipeline {
  call(args: readonly Float32Array[]): Promise<Float32Array[]>
  /** "fused-encoder", "fused-sync", "generic", …; known after the first call. */
  readonly executorKind: string
  /** Mode of the kernels that really run. */
  readonly backend: string | null
  readonly fallbackReason: string | null
  /** What the fused encoder compiled, after the first call; or why it can't be had. */
  fused(): FusedPlan | string
  destroy(): Promise<void>
}

/** The part of GPU.js that the backend uses, typed. */
export interface GpuJs {
  readonly mode: GpuMode
  kernel(source: KernelSource, output: number, constants: Constants): Kernel
  /** Fixed values, as a kernel's argument. */
  input(values: Float32Array): unknown
  /** `orchestrate` is traced at the first call, with one handle for each of the `inputs`. */
  pipeline(inputs: number, orchestrate: (handles: readonly unknown[]) => unknown[]): Pipeline
  /**
   * Runs one small kernel, to see that the device computes, and watches the device from then on.
   * @throws UnrollError `device.failed`
   */
  check(): Promise<DeviceHealth>
  destroy(): Promise<void>
}

interface PipelineShortcut {
  (...args: readonly unknown[]): Promise<readonly ArrayLike<number>[]>
  readonly backend: string | null
  readonly pipeline: { readonly executorKind: string; readonly fallbackReason: string | null; readonly _executor?: unknown }
  destroy(): Promise<void>
}

/** GPU.js as it is; its own declarations know no typed arrays as inputs and no sources of functions as text. */
interface Library {
  addFunction(source: string, settings: { name: string; argumentTypes: readonly string[]; returnType: string }): void
  createKernel(source: KernelSource, settings: object): Kernel & { readonly kernel: RanOn }
  createPipeline(orchestrate: (...handles: unknown[]) => unknown[], settings: { threads: boolean }): PipelineShortcut
  destroy(): Promise<void>
}
const Input = GpuInput as unknown as new (values: Float32Array, size: number[]) => object

export function openGpuJs(mode: GpuMode): GpuJs {
  const gpu = new GPU({ mode }) as unknown as Library
  for (const { name, source, argumentTypes } of helpers) {
    gpu.addFunction(source, { name, argumentTypes, returnType: 'Number' })
  }
  const kernel = (source: KernelSource, output: number, { integers = {}, floats = {} }: Constants) =>
    gpu.createKernel(source, {
      output: [output],
      constants: { ...integers, ...floats },
      constantTypes: { ...typed(integers, 'Integer'), ...typed(floats, 'Float') },
      precision: 'single',
      strictIntegers: true,
      // GL loops run at most this often; the real bound is the loop's own condition.
      loopMaxIterations: 2 ** 24,
    })
  return {
    mode,
    kernel,
    async check() {
      try {
        const probe = kernel(copy, 3, {})
        const found = await probe(new Input(Float32Array.of(2, 3, 4, 5), [4]), 1) as ArrayLike<number>
        if (Array.from(found).join() !== '3,4,5') throw deviceFailed(`a copy of 3,4,5 came back as ${Array.from(found).join()}.`)
        return watchDevice(probe.kernel)
      } catch (error) {
        throw error instanceof UnrollError ? error : deviceFailed(error instanceof Error ? error.message : String(error), error)
      }
    },
    input: (values) => new Input(values, [values.length]),
    pipeline(inputs, orchestrate) {
      const traced = (...handles: unknown[]) => orchestrate(handles)
      // GPU.js makes as many handles as the function has formal parameters.
      Object.defineProperty(traced, 'length', { value: inputs })
      // Threads would have to be started and joined for steps that take microseconds.
      return pipelineOf(gpu.createPipeline(traced, { threads: false }))
    },
    destroy: () => gpu.destroy(),
  }
}

const typed = <T extends string>(constants: Readonly<Record<string, number>>, type: T): Record<string, T> =>
  Object.fromEntries(Object.keys(constants).map((name) => [name, type]))

function pipelineOf(shortcut: PipelineShortcut): Pipeline {
  return {
    async call(args) {
      // As Inputs, arguments and intermediate results have one type, and each kernel compiles once.
      const results = await shortcut(...args.map((values) => new Input(values, [values.length])))
      return results.map((values) => values instanceof Float32Array ? values : Float32Array.from(values))
    },
    get executorKind() {
      return shortcut.pipeline.executorKind
    },
    get backend() {
      return shortcut.backend
    },
    get fallbackReason() {
      return shortcut.pipeline.fallbackReason
    },
    fused: () => fusedPlan(shortcut.pipeline._executor),
    destroy: () => shortcut.destroy(),
  }
}
