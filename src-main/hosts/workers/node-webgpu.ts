import { UnrollError } from '@shared/errors'

let ready: Promise<void> | null = null

/**
 * Gives this thread the `navigator.gpu` that browsers have, from Dawn.
 * @throws UnrollError `device.unavailable` where Dawn has no build for this system
 */
export function provideWebGpu(): Promise<void> {
  return ready ??= provide()
}

async function provide(): Promise<void> {
  try {
    const { create, globals } = await import('webgpu')
    Object.assign(globalThis, globals)
    // From Node 21 on there is a navigator, without `gpu`.
    const host: object = (globalThis as { navigator?: object }).navigator ?? {}
    Object.defineProperty(host, 'gpu', { value: create([]), configurable: true })
    Object.defineProperty(globalThis, 'navigator', { value: host, configurable: true })
  } catch (error) {
    throw new UnrollError('device.unavailable', `WebGPU can't be loaded here: ${error instanceof Error ? error.message : String(error)}.`, {
      hint: 'Choose the device "cpu".', cause: error,
    })
  }
}
