import { UnrollError } from '@shared/errors'
import type { Backend, Ops, Program, Traced, Variable } from '../backend'
import { describeWebGl2, describeWebGpu, webGpu } from './adapter'
import type { DeviceHealth } from './device-health'
import { openGpuJs, type GpuJs, type GpuMode, type Kernel } from './gpu-js'
import { GpuProgram } from './program'
import { record } from './recorder'
import { GpuVariable } from './variable'

export type { GpuMode } from './gpu-js'

export interface GpuBackend extends Backend {
  readonly kind: 'gpu'
  /** What it runs on; 'auto' has been decided. */
  readonly mode: GpuMode
}

/**
 * The primitives as GPU.js kernels, a program as one `createPipeline` plan; on WebGPU variables stay on the device.
 * @param options.mode webgpu or webgl2; auto: WebGPU where an adapter answers, else WebGL2. webasm and cpu run the same
 *                     kernels without a GPU, for tests and comparison.
 * @throws UnrollError `device.unavailable` saying what is missing
 * @throws UnrollError `device.failed` when the device doesn't compute
 * @throws UnrollError (from compile) `device.fallback` when GPU.js would run a program otherwise than it should: slowly
 */
export async function createGpuBackend(options: { mode: GpuMode | 'auto' }): Promise<GpuBackend> {
  const { mode, description } = await choose(options.mode)
  const gpu = openGpuJs(mode)
  return new GpuJsBackend(gpu, description, await gpu.check())
}

/**
 * What `createGpuBackend` would run on, in words; makes nothing.
 * @throws UnrollError `device.unavailable`
 */
export async function describeGpu(mode: GpuMode | 'auto'): Promise<string> {
  return (await choose(mode)).description
}

async function choose(mode: GpuMode | 'auto'): Promise<{ mode: GpuMode; description: string }> {
  switch (mode) {
    case 'webgpu': return { mode, description: await describeWebGpu() }
    case 'webgl2': return { mode, description: describeWebGl2() }
    case 'webasm': return { mode, description: 'GPU.js on WebAssembly' }
    case 'cpu': return { mode, description: 'GPU.js on JavaScript' }
  }
  if (!webGpu()) return choose('webgl2')
  try {
    return await choose('webgpu')
  } catch (withoutWebGpu) {
    try {
      return await choose('webgl2')
    } catch {
      throw withoutWebGpu
    }
  }
}

class GpuJsBackend implements GpuBackend {
  readonly kind = 'gpu'
  readonly mode: GpuMode
  private readonly kernels = new Map<string, Kernel>()
  private readonly variables: GpuVariable[] = []
  private last: Promise<unknown> = Promise.resolve()

  constructor(private readonly gpu: GpuJs, readonly description: string, private readonly health: DeviceHealth) {
    this.mode = gpu.mode
  }

  variable(name: string, shape: readonly number[]): Variable {
    const variable = new GpuVariable(name, [...shape])
    this.variables.push(variable)
    return variable
  }

  async compile(build: (ops: Ops) => Traced): Promise<Program> {
    const recording = record(build)
    if (recording.results.length + recording.assign.length === 0) {
      throw new UnrollError('internal.empty-program', 'A program needs at least one result or assignment.')
    }
    const program = new GpuProgram(this.gpu, recording, this.kernels, this.health, (work) => this.turn(work))
    await program.warm(this.gpu.mode)
    return this.gpu.mode === 'webgpu' ? program.resident() : program
  }

  async dispose(): Promise<void> {
    await this.last
    for (const variable of this.variables) variable.dispose()
    await this.gpu.destroy()
  }

  private turn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work)
    this.last = done.catch(() => undefined)
    return done
  }
}
