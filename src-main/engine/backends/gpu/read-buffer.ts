import { deviceFailed } from './device-health'

const mapRead = 0x01
const copyTarget = 0x08

/**
 * The numbers of a buffer, as they are after all that was submitted.
 * @throws UnrollError `device.failed` when the device is lost
 */
export async function readBuffer(device: GPUDevice, buffer: GPUBuffer, elements: number): Promise<Float32Array> {
  const staging = device.createBuffer({ size: elements * 4, usage: mapRead | copyTarget })
  try {
    const encoder = device.createCommandEncoder()
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, elements * 4)
    device.queue.submit([encoder.finish()])
    await staging.mapAsync(mapRead)
    return new Float32Array(staging.getMappedRange().slice(0))
  } catch (error) {
    throw deviceFailed(error instanceof Error ? error.message : String(error), error)
  } finally {
    staging.destroy()
  }
}

/** Buffers that scalars are read back through. One that is being read can't be written, so runs that overlap take two. */
export class Staging {
  private readonly free: GPUBuffer[] = []
  private readonly all: GPUBuffer[] = []

  constructor(private readonly device: GPUDevice, private readonly size: number) {}

  take(): GPUBuffer {
    const found = this.free.pop()
    if (found) return found
    const buffer = this.device.createBuffer({ size: this.size, usage: mapRead | copyTarget })
    this.all.push(buffer)
    return buffer
  }

  /** All the bytes, when the work that writes them is done. The buffer may be taken again then. */
  async read(buffer: GPUBuffer): Promise<ArrayBuffer> {
    await buffer.mapAsync(mapRead)
    const bytes = buffer.getMappedRange().slice(0)
    buffer.unmap()
    this.free.push(buffer)
    return bytes
  }

  destroy(): void {
    for (const buffer of this.all) buffer.destroy()
  }
}
