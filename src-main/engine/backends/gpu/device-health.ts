import { UnrollError } from '@shared/errors'

/** What a device reports after the fact; the results read back are then zeros or stale, and nothing throws. */
export interface DeviceHealth {
  /** @throws UnrollError `device.failed` when the device reported a fault since it was last asked */
  expectSound(): void
}

/** A GPU.js kernel that has run, as far as it tells what it ran on. */
export interface RanOn {
  readonly _device?: GPUDevice | null
  readonly context?: { isContextLost?(): boolean } | null
}

/** A fault as an error for people. */
export function deviceFailed(reason: string, cause?: unknown): UnrollError {
  return new UnrollError('device.failed', `The GPU could not run the model: ${reason}`, {
    hint: 'Resume from the last checkpoint, use a smaller batch, window or hidden size, or choose the device "cpu".', cause,
  })
}

/** Watches what a kernel ran on: WebGPU tells of invalid or failed work by an event only, WebGL2 only when asked. */
export function watchDevice({ _device: device, context }: RanOn): DeviceHealth {
  if (device) {
    const faults = faultsOf(device)
    return {
      expectSound() {
        const [first] = faults.splice(0)
        if (first !== undefined) throw deviceFailed(first)
      },
    }
  }
  return {
    expectSound() {
      if (context?.isContextLost?.()) throw deviceFailed('its WebGL context was lost.')
    },
  }
}

/** All backends of a thread share GPU.js's one device, and so its faults. */
const known = new WeakMap<GPUDevice, string[]>()

function faultsOf(device: GPUDevice): string[] {
  let faults = known.get(device)
  if (!faults) {
    const found: string[] = []
    known.set(device, faults = found)
    device.addEventListener('uncapturederror', (event) => { found.push(event.error.message) })
    void device.lost.then(({ message }) => { found.push(message || 'the device was lost.') })
  }
  return faults
}
