import { createGpuBackend, describeGpu } from '../../../engine/backends/gpu/gpu-backend'
import { serveCompute } from '../../../services/compute/serve-compute'
import { messagePort } from './message-port'

declare const self: DedicatedWorkerGlobalScope

// The GPU in Chromium: WebGPU, else WebGL2. The page says nothing but which port to answer on.
self.onmessage = ({ ports: [port] }) => {
  if (!port) return
  serveCompute(
    messagePort(port),
    () => createGpuBackend({ mode: 'auto' }),
    async () => ({ kind: 'gpu', description: await describeGpu('auto') }),
  )
}
self.postMessage('ready')
