import { fileURLToPath } from 'node:url'
import { createWasmBackend } from '../../engine/backends/wasm/wasm-backend'
import { serveCompute } from '../../services/compute/serve-compute'
import { nodeHelperThreads } from './node-helper-threads'
import { portToParent } from './parent-port'
import { allowRelaxedSimd } from './relaxed-simd'

// The CPU: WebAssembly kernels in a thread of their own, which shares large programs with helpers on the other cores.
allowRelaxedSimd()
const helpers = nodeHelperThreads(fileURLToPath(new URL('./cpu-helper.js', import.meta.url)))
const createBackend = () => createWasmBackend({ helpers })
serveCompute(portToParent(), createBackend, async () => {
  const backend = await createBackend()
  const { description } = backend
  await backend.dispose()
  return { kind: 'cpu', description }
})
