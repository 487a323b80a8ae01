import { elements } from '@shared/model/weights'
import type { Variable } from '../backend'
import { readBuffer } from './read-buffer'
import { sizeError } from './tensors'

/** Where a variable's values are: with the host, or in a buffer of the device, which may change. */
export type Place =
  | { readonly kind: 'host'; readonly values: Float32Array }
  | { readonly kind: 'device'; readonly device: GPUDevice; buffer: GPUBuffer }

const copySource = 0x04
const copyTarget = 0x08

/**
 * A variable, on the device for as long as programs move it on there.
 *
 * A run's new values are where its program computed them. Until the run is known to have given finite numbers, and wasn't
 * given up, the values from before it are kept too: of both, what the next run would write over is copied into buffers of
 * the variable's own, by the next run's own commands.
 */
export class GpuVariable implements Variable {
  private confirmed: Place
  /** New values of runs that were begun and not confirmed, in their order. */
  private begun: Place[] = []
  private readonly own: GPUBuffer[] = []

  constructor(readonly name: string, readonly shape: readonly number[]) {
    this.confirmed = { kind: 'host', values: new Float32Array(elements(shape)) }
  }

  get elements(): number {
    return elements(this.shape)
  }

  /** What the next run reads: the values after all runs begun. */
  get newest(): Place {
    return this.begun.at(-1) ?? this.confirmed
  }

  /** The values where no device keeps them. */
  get values(): Float32Array {
    const { newest } = this
    if (newest.kind !== 'host') throw sizeError(`The host's copy of "${this.name}"`, this.name, this.elements, 0)
    return newest.values
  }

  async read(): Promise<Float32Array> {
    const { newest } = this
    return newest.kind === 'host' ? newest.values.slice() : readBuffer(newest.device, newest.buffer, this.elements)
  }

  write(values: Float32Array): void {
    if (values.length !== this.elements) throw sizeError(`The variable "${this.name}"`, this.name, this.elements, values.length)
    this.confirmed = { kind: 'host', values: values.slice() }
    this.begun = []
  }

  begin(place: Place): void {
    this.begun.push(place)
  }

  /** The run that gave these values is good: they hold from now on. */
  confirm(place: Place): void {
    const index = this.begun.indexOf(place)
    if (index === -1) return
    this.confirmed = place
    this.begun = this.begun.slice(index + 1)
  }

  /** The run that gave these values is not: the values are again those from before it, whatever was begun since. */
  undo(place: Place): void {
    const index = this.begun.indexOf(place)
    if (index !== -1) this.begun = this.begun.slice(0, index)
  }

  /** Copies what is needed of a buffer that is about to be written over into one of the variable's own. */
  moveOff(buffer: GPUBuffer, encoder: GPUCommandEncoder): void {
    for (const place of [this.confirmed, ...this.begun]) {
      if (place.kind !== 'device' || place.buffer !== buffer) continue
      place.buffer = this.free(place.device)
      encoder.copyBufferToBuffer(buffer, 0, place.buffer, 0, this.elements * 4)
    }
  }

  dispose(): void {
    for (const buffer of this.own) buffer.destroy()
  }

  private free(device: GPUDevice): GPUBuffer {
    const used = new Set([this.confirmed, ...this.begun].flatMap((place) => place.kind === 'device' ? [place.buffer] : []))
    let buffer = this.own.find((each) => !used.has(each))
    if (!buffer) this.own.push(buffer = device.createBuffer({ size: this.elements * 4, usage: copySource | copyTarget }))
    return buffer
  }
}
