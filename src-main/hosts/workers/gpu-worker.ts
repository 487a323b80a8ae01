import { createGpuBackend, describeGpu } from '../../engine/backends/gpu/gpu-backend'
import { serveCompute } from '../../services/compute/serve-compute'
import { provideWebGpu } from './node-webgpu'
import { portToParentProcess } from './parent-process'

// The GPU in plain Node: Dawn's WebGPU. (Electron's Node can't map its buffers; the desktop takes browser/gpu-worker.)
serveCompute(
  portToParentProcess(),
  async () => {
    await provideWebGpu()
    return createGpuBackend({ mode: 'webgpu' })
  },
  async () => {
    await provideWebGpu()
    return { kind: 'gpu', description: await describeGpu('webgpu') }
  },
)
