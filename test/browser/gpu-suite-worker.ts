import { createGpuBackend, type GpuMode } from '@main/engine/backends/gpu/gpu-backend'
import { checkBackend, type CaseReport } from '../engine/primitive-cases'

export interface SuiteAnswer {
  description: string
  reports: CaseReport[]
  failure: string | null
}

const scope = globalThis as unknown as { onmessage: ((event: { data: { mode: GpuMode } }) => void) | null; postMessage(message: SuiteAnswer): void }

/** Runs the primitive suite in a dedicated Worker. */
scope.onmessage = async ({ data: { mode } }) => {
  try {
    const backend = await createGpuBackend({ mode })
    const reports = await checkBackend(backend)
    await backend.dispose()
    scope.postMessage({ description: backend.description, reports, failure: null })
  } catch (error) {
    scope.postMessage({ description: '', reports: [], failure: error instanceof Error ? error.stack ?? error.message : String(error) })
  }
}
