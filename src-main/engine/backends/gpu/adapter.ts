import { UnrollError } from '@shared/errors'

/** WebGPU, where the host has it; the engine knows no `navigator`. */
export function webGpu(): GPU | undefined {
  return (globalThis as unknown as { navigator?: { gpu?: GPU } }).navigator?.gpu
}

/**
 * The adapter GPU.js will use, in words: "WebGPU (NVIDIA GeForce RTX 3060)".
 * @throws UnrollError `device.unavailable` when there is none
 */
export async function describeWebGpu(): Promise<string> {
  const gpu = webGpu()
  if (!gpu) throw new UnrollError('device.unavailable', 'This host has no WebGPU.', { hint: 'Choose the device "cpu".' })
  const adapter = await gpu.requestAdapter()
  if (!adapter) throw new UnrollError('device.unavailable', 'WebGPU found no graphics adapter.', { hint: 'Check the graphics driver, or choose the device "cpu".' })
  return webGpuName(adapter.info)
}

/** What an adapter tells about itself, in words. */
export function webGpuName({ description, vendor, architecture, device }: Pick<GPUAdapterInfo, 'description' | 'vendor' | 'architecture' | 'device'>): string {
  const name = description || [vendor, architecture || device].filter(Boolean).join(' ')
  return name ? `WebGPU (${name})` : 'WebGPU'
}

/** What of WebGL2 is asked for here. */
interface WebGl2 {
  getExtension(name: 'EXT_color_buffer_float'): object | null
  getExtension(name: 'WEBGL_debug_renderer_info'): { readonly UNMASKED_RENDERER_WEBGL: number } | null
  getExtension(name: 'WEBGL_lose_context'): { loseContext(): void } | null
  getParameter(name: number): unknown
}

let webGl2Description: string | null = null

/**
 * The renderer behind WebGL2, in words: "WebGL2 (ANGLE (…))".
 * @throws UnrollError `device.unavailable` when there is none
 */
export function describeWebGl2(): string {
  return webGl2Description ??= askWebGl2()
}

function askWebGl2(): string {
  const Canvas = (globalThis as unknown as { OffscreenCanvas?: new (width: number, height: number) => { getContext(kind: 'webgl2'): WebGl2 | null } }).OffscreenCanvas
  const context = Canvas ? new Canvas(1, 1).getContext('webgl2') : null
  if (!context) throw new UnrollError('device.unavailable', 'This host has no WebGL2.', { hint: 'Choose the device "cpu".' })
  if (!context.getExtension('EXT_color_buffer_float')) {
    throw new UnrollError('device.unavailable', 'WebGL2 here can\'t write float32 numbers.', { hint: 'Choose the device "cpu".' })
  }
  const info = context.getExtension('WEBGL_debug_renderer_info')
  const renderer = info ? context.getParameter(info.UNMASKED_RENDERER_WEBGL) : null
  // Browsers keep a few contexts only; this one has told what it knows.
  context.getExtension('WEBGL_lose_context')?.loseContext()
  return typeof renderer === 'string' && renderer ? `WebGL2 (${renderer})` : 'WebGL2'
}
