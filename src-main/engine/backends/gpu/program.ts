import { UnrollError } from '@shared/errors'
import type { Program, ProgramInputs } from '../backend'
import { untilCancelled } from './cancel'
import { deviceFailed, type DeviceHealth } from './device-health'
import type { GpuJs, Kernel, Pipeline } from './gpu-js'
import type { Buffer, KernelCall } from './plan'
import { snapshot } from './inputs'
import type { Recording } from './recorder'
import { ResidentProgram } from './resident-program'

/** Runs one after the other: a run's variables are those that the run before it left. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>

/**
 * One recording as one GPU.js pipeline, run as GPU.js runs it: variables travel with each run, up as arguments and back with the
 * results. On WebGPU, `resident` has the same plan with the variables kept on the device.
 */
export class GpuProgram implements Program {
  private readonly pipeline: Pipeline
  private readonly reads: readonly Buffer[]
  private disposed = false

  constructor(gpu: GpuJs, private readonly recording: Recording, kernels: Map<string, Kernel>, private readonly health: DeviceHealth, private readonly turn: Turn) {
    const { plan, args } = recording
    this.reads = recording.reads
    const needed = plan.neededFor(this.reads)
    const called = new Map(needed.map((index) => [index, kernelFor(gpu, kernels, plan.calls[index]!)]))
    this.pipeline = gpu.pipeline(args.length, (handles) => {
      const outputs = new Map<number, unknown>()
      const handleOf = (arg: Buffer | number): unknown => {
        if (typeof arg === 'number') return arg
        if (arg.kind === 'input') return handles[arg.index]
        return arg.kind === 'output' ? outputs.get(arg.call) : gpu.input(arg.values)
      }
      for (const [index, kernel] of called) outputs.set(index, kernel(...plan.calls[index]!.args.map(handleOf)))
      return this.reads.map(handleOf)
    })
  }

  get executor(): string {
    return this.pipeline.executorKind
  }

  /**
   * Builds the plan on the device by running it once with zeros, nothing kept.
   * @throws UnrollError `device.fallback` with GPU.js's reason when it doesn't run as `gpu.mode` should
   */
  async warm(mode: GpuJs['mode']): Promise<void> {
    await this.turn(() => this.execute(this.recording.args.map(({ elements }) => new Float32Array(elements))))
    const { executorKind, backend, fallbackReason } = this.pipeline
    const expected = mode === 'webgpu' ? executorKind === 'fused-encoder'
      : mode === 'webasm' ? executorKind.startsWith('fused-')
        : backend === (mode === 'webgl2' ? 'gpu' : 'cpu')
    if (!expected) {
      await this.pipeline.destroy()
      throw new UnrollError('device.fallback', `GPU.js should run this model on ${mode} in one piece but runs it as "${executorKind}" on ${backend ?? 'nothing'}: ${fallbackReason ?? 'no reason given'}.`, {
        hint: 'Choose the device "cpu", or a smaller model.',
      })
    }
  }

  /**
   * The same, with its variables on the device. To be asked for after `warm`, and then used instead.
   * @throws UnrollError `device.fallback` saying why where GPU.js's plan can't be had
   */
  resident(): ResidentProgram {
    const plan = this.pipeline.fused()
    if (typeof plan === 'string') throw new UnrollError('device.fallback', `The model's weights can't be kept on the GPU: ${plan}.`, { hint: 'Choose the device "cpu".' })
    return new ResidentProgram(this.executor, plan, this.recording, this.health, this.turn, () => this.dispose())
  }

  async run(inputs: ProgramInputs, cancelled?: () => boolean): Promise<Record<string, Float32Array>> {
    const given = snapshot(this.recording.args, inputs)
    return this.turn(async () => {
      const values = await untilCancelled(() => this.execute(given.map((value) => value())), cancelled)
      const valueOf = (buffer: Buffer) => values[this.reads.indexOf(buffer)]!
      const results = Object.fromEntries(this.recording.results.map(({ name, buffer }) => [name, valueOf(buffer)]))
      if (this.recording.guard.every((name) => results[name]!.every(Number.isFinite))) {
        for (const { variable, buffer } of this.recording.assign) variable.write(valueOf(buffer))
      }
      return results
    })
  }

  dispose(): void {
    this.disposed = true
    void this.pipeline.destroy()
  }

  private async execute(args: readonly Float32Array[]): Promise<Float32Array[]> {
    if (this.disposed) throw new UnrollError('internal.disposed', 'This program has been disposed of.')
    try {
      const values = await this.pipeline.call(args)
      this.health.expectSound()
      return values
    } catch (error) {
      throw error instanceof UnrollError ? error : deviceFailed(error instanceof Error ? error.message : String(error), error)
    }
  }
}

/** Kernels that differ in nothing are one; on WebGL2 a kernel is made for the sizes of its arguments. */
function kernelFor(gpu: GpuJs, kernels: Map<string, Kernel>, { source, constants, args, output }: KernelCall): Kernel {
  const sizes = args.map((arg) => typeof arg === 'number' ? '#' : arg.elements).join()
  const key = JSON.stringify([source.name, output, constants, sizes])
  let kernel = kernels.get(key)
  if (!kernel) kernels.set(key, kernel = gpu.kernel(source, output, constants))
  return kernel
}
