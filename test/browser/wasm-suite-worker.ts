import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import type { SimdLevel } from '@main/engine/backends/wasm/kernel-module'
import { checkBackend, type CaseReport } from '../engine/primitive-cases'

export interface WasmSuiteAnswer {
  description: string
  reports: CaseReport[]
  failure: string | null
}

const scope = globalThis as unknown as { onmessage: ((event: { data: { simd: SimdLevel | null } }) => void) | null; postMessage(message: WasmSuiteAnswer): void }

/** Runs the primitive suite in a dedicated Worker, on the build asked for or the one that the backend takes of itself. */
scope.onmessage = async ({ data: { simd } }) => {
  try {
    const backend = await createWasmBackend(simd === null ? {} : { simd })
    const reports = await checkBackend(backend)
    await backend.dispose()
    scope.postMessage({ description: backend.description, reports, failure: null })
  } catch (error) {
    scope.postMessage({ description: '', reports: [], failure: error instanceof Error ? error.stack ?? error.message : String(error) })
  }
}
