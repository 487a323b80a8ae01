import { createWasmBackend } from '../../engine/backends/wasm/wasm-backend'
import { serveCompute } from '../../services/compute/serve-compute'
import { portToParent } from './parent-port'
import { allowRelaxedSimd } from './relaxed-simd'

// The CPU: WebAssembly kernels in a thread of their own.
allowRelaxedSimd()
serveCompute(portToParent(), () => createWasmBackend(), async () => {
  const backend = await createWasmBackend()
  const { description } = backend
  await backend.dispose()
  return { kind: 'cpu', description }
})
