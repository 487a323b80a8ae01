import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { describeGpu } from '@main/engine/backends/gpu/gpu-backend'
import { provideWebGpu } from '@main/hosts/workers/node-webgpu'
import { chromiumOrSkip } from './chromium'

/**
 * Gives this process WebGPU: the system's Vulkan drivers, and the SwiftShader that Chromium brings along.
 * @returns null, or why there is none
 */
export async function webGpuMissing(): Promise<string | null> {
  const drivers = vulkanDrivers()
  if (process.platform === 'linux' && drivers.length === 0) return 'no Vulkan driver file: none of the system\'s, none beside Chromium'
  if (drivers.length > 0) {
    // The loader reads the newer name first and older loaders know only the other.
    process.env['VK_DRIVER_FILES'] ??= drivers.join(delimiter)
    process.env['VK_ICD_FILENAMES'] ??= drivers.join(delimiter)
    process.env['XDG_RUNTIME_DIR'] ??= tmpdir()
  }
  try {
    await provideWebGpu()
    await describeGpu('webgpu')
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function vulkanDrivers(): string[] {
  const named = process.env['VK_DRIVER_FILES'] ?? process.env['VK_ICD_FILENAMES']
  if (named) return named.split(delimiter).filter((path) => existsSync(path))
  const system = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d']
    .filter((folder) => existsSync(folder)).flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => join(folder, name)))
  const { path } = chromiumOrSkip()
  const places = path === null ? [] : [dirname(realpathSync(path)), '/usr/lib/chromium', '/opt/google/chrome']
  const swiftShader = places.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find((file) => existsSync(file))
  return swiftShader ? [...system, swiftShader] : system
}
