/** What a WebGPU device was asked for since it was last asked about. */
export interface GpuCounts {
  submits: number
  passes: number
  dispatches: number
  readBacks: number
  bytesRead: number
  buffers: number
  bindGroups: number
  uploads: number
  bytesUploaded: number
}

const none = (): GpuCounts => ({ submits: 0, passes: 0, dispatches: 0, readBacks: 0, bytesRead: 0, buffers: 0, bindGroups: 0, uploads: 0, bytesUploaded: 0 })

/**
 * Wraps a device, its queue and whatever they make, so that every call is counted and then made. `events` has submits ("submit")
 * and read-backs ("map", and "mapped" when it has ended) in the order of time.
 */
export function countGpu(device: GPUDevice): { counts(): GpuCounts; events(): string[]; restore(): void } {
  let counts = none()
  let events: string[] = []
  const restored: (() => void)[] = []
  const wrap = (target: object, name: string, before: (args: unknown[]) => void, after: (made: never) => void = () => {}) => {
    const original = (target as Record<string, (...args: unknown[]) => unknown>)[name]!
    Object.defineProperty(target, name, {
      configurable: true, writable: true,
      value(this: unknown, ...args: unknown[]) {
        before(args)
        const made = original.apply(target, args)
        after(made as never)
        return made
      },
    })
    restored.push(() => Reflect.deleteProperty(target, name))
  }
  wrap(device.queue, 'submit', () => { counts.submits++; events.push('submit') })
  wrap(device.queue, 'writeBuffer', ([, , data]) => { counts.uploads++; counts.bytesUploaded += (data as ArrayBufferView).byteLength })
  wrap(device, 'createBindGroup', () => { counts.bindGroups++ })
  wrap(device, 'createBuffer', () => { counts.buffers++ }, (buffer: GPUBuffer) => wrap(buffer, 'mapAsync', () => {
    counts.readBacks++
    counts.bytesRead += buffer.size
    events.push('map')
  }, (done: Promise<undefined>) => void done.then(() => events.push('mapped'), () => undefined)))
  wrap(device, 'createCommandEncoder', () => {}, (encoder: GPUCommandEncoder) => wrap(encoder, 'beginComputePass', () => { counts.passes++ },
    (pass: GPUComputePassEncoder) => wrap(pass, 'dispatchWorkgroups', () => { counts.dispatches++ })))
  return {
    counts() {
      const found = counts
      counts = none()
      return found
    },
    events() {
      const found = events
      events = []
      return found
    },
    restore() { for (const undo of restored) undo() },
  }
}

/** The device that GPU.js keeps for all: a kernel that has run tells which. */
export async function gpuJsDevice(): Promise<GPUDevice> {
  const { GPU } = await import('gpu.js')
  const kernel = new GPU({ mode: 'webgpu' as never }).createKernel('function () { return 1 }' as never, { output: [1] })
  await (kernel as unknown as () => Promise<unknown>)()
  return (kernel as unknown as { kernel: { _device: GPUDevice } }).kernel._device
}
