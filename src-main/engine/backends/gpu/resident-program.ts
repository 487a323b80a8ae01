import { UnrollError } from '@shared/errors'
import type { BegunRun, Program, ProgramInputs } from '../backend'
import { untilCancelled } from './cancel'
import { deviceFailed, type DeviceHealth } from './device-health'
import type { FusedPlan } from './fused-plan'
import { snapshot } from './inputs'
import { Staging } from './read-buffer'
import type { Turn } from './program'
import type { Recording } from './recorder'
import type { GpuVariable, Place } from './variable'

/** A run whose commands are submitted. */
interface Begun {
  readonly bytes: Promise<ArrayBuffer>
  readonly assigned: readonly { readonly variable: GpuVariable; readonly place: Place }[]
}

type Values = ReturnType<typeof snapshot>

/**
 * One recording as the plan that GPU.js's fused encoder compiled, run by us: one submit a run; variables stay on the device from
 * run to run; only the results are read back. GPU.js's own way would bring every variable up and back at each run, since its
 * encoder takes no buffers as arguments. No buffer is made in a run once the first few are over.
 */
export class ResidentProgram implements Program {
  private readonly staging: Staging
  /** What the buffer of a variable's argument holds. */
  private readonly held = new Map<GpuVariable, Place>()
  private readonly results: readonly { readonly name: string; readonly buffer: GPUBuffer; readonly at: number; readonly bytes: number }[]
  private readonly outputs: readonly { readonly variable: GpuVariable; readonly buffer: GPUBuffer }[]
  private disposed = false

  /** @param release frees what GPU.js holds of the plan */
  constructor(
    readonly executor: string, private readonly plan: FusedPlan, private readonly recording: Recording,
    private readonly health: DeviceHealth, private readonly turn: Turn, private readonly release: () => void,
  ) {
    let at = 0
    this.results = recording.results.map(({ name, buffer: { elements } }, index) => {
      const result = { name, buffer: plan.results[recording.resultReads[index]!]!, at, bytes: elements * 4 }
      at += elements * 4
      return result
    })
    this.outputs = recording.assign.map(({ variable }, index) => ({ variable, buffer: plan.results[recording.assignReads[index]!]! }))
    this.staging = new Staging(plan.device, Math.max(4, at))
  }

  async run(inputs: ProgramInputs, cancelled?: () => boolean): Promise<Record<string, Float32Array>> {
    const values = snapshot(this.recording.args, inputs)
    return this.turn(() => {
      if (cancelled?.()) throw givenUp()
      return this.finish(this.submit(values), cancelled)
    })
  }

  begin(inputs: ProgramInputs): BegunRun {
    const begun = this.submit(snapshot(this.recording.args, inputs))
    return {
      results: (cancelled) => this.turn(() => this.finish(begun, cancelled)),
      drop: () => this.undo(begun),
    }
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    // What only this program's buffers hold of the variables goes where it stays.
    const encoder = this.plan.device.createCommandEncoder()
    for (const { variable, buffer } of this.outputs) variable.moveOff(buffer, encoder)
    this.plan.device.queue.submit([encoder.finish()])
    this.staging.destroy()
    this.release()
  }

  private submit(values: Values): Begun {
    if (this.disposed) throw new UnrollError('internal.disposed', 'This program has been disposed of.')
    const { device, passes } = this.plan
    const encoder = device.createCommandEncoder()
    for (const { variable, buffer } of this.outputs) variable.moveOff(buffer, encoder)
    this.upload(values, encoder)
    // Kernels of one pass see what those before them wrote.
    const pass = encoder.beginComputePass()
    let current: GPUComputePipeline | null = null
    for (const { pipeline, bindGroup, groups } of passes) {
      if (pipeline !== current) pass.setPipeline(current = pipeline)
      pass.setBindGroup(0, bindGroup)
      pass.dispatchWorkgroups(groups[0], groups[1], groups[2])
    }
    pass.end()
    const staging = this.staging.take()
    for (const { buffer, at, bytes } of this.results) encoder.copyBufferToBuffer(buffer, 0, staging, at, bytes)
    device.queue.submit([encoder.finish()])
    const assigned = this.outputs.map(({ variable, buffer }) => ({ variable, place: { kind: 'device', device, buffer } satisfies Place }))
    for (const { variable, place } of assigned) variable.begin(place)
    const bytes = this.staging.read(staging)
    // Whoever gave the run up isn't there when it fails.
    bytes.catch(() => undefined)
    return { bytes, assigned }
  }

  /** Inputs, and the variables that the device doesn't hold yet or whose newest values are elsewhere on it. */
  private upload(values: Values, encoder: GPUCommandEncoder): void {
    const { device } = this.plan
    for (const [index, arg] of this.recording.args.entries()) {
      const buffer = this.plan.argument(index)
      if (!buffer) continue
      if (!arg.variable) {
        device.queue.writeBuffer(buffer, 0, values[index]!() as Float32Array<ArrayBuffer>)
        continue
      }
      const place = arg.variable.newest
      if (this.held.get(arg.variable) === place) continue
      if (place.kind === 'host') device.queue.writeBuffer(buffer, 0, place.values as Float32Array<ArrayBuffer>)
      else encoder.copyBufferToBuffer(place.buffer, 0, buffer, 0, arg.elements * 4)
      this.held.set(arg.variable, place)
    }
  }

  private async finish(begun: Begun, cancelled?: () => boolean): Promise<Record<string, Float32Array>> {
    try {
      const bytes = await this.read(begun, cancelled)
      const results = Object.fromEntries(this.results.map(({ name, at, bytes: size }) => [name, new Float32Array(bytes, at, size / 4).slice()]))
      if (this.recording.guard.every((name) => results[name]!.every(Number.isFinite))) for (const { variable, place } of begun.assigned) variable.confirm(place)
      else this.undo(begun)
      return results
    } catch (error) {
      this.undo(begun)
      throw error
    }
  }

  private async read(begun: Begun, cancelled?: () => boolean): Promise<ArrayBuffer> {
    try {
      const bytes = await untilCancelled(() => begun.bytes, cancelled)
      this.health.expectSound()
      return bytes
    } catch (error) {
      throw error instanceof UnrollError ? error : deviceFailed(error instanceof Error ? error.message : String(error), error)
    }
  }

  private undo({ assigned }: Begun): void {
    for (const { variable, place } of assigned) variable.undo(place)
  }
}

const givenUp = () => new UnrollError('run.cancelled', 'The run was given up before it began.')
