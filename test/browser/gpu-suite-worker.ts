import { createGpuBackend, type GpuBackend, type GpuMode } from '@main/engine/backends/gpu/gpu-backend'
import { checkBackend, type CaseReport } from '../engine/primitive-cases'
import { runParity, type ParityCase, type ParityReport } from '../parity/run-parity'
import { checkLargeIndices } from '../engine/large-indices'

export type SuiteQuestion = { mode: GpuMode } & ({ kind: 'describe' } | { kind: 'primitives' } | { kind: 'large' } | { kind: 'parity'; one: ParityCase })

export interface SuiteAnswers {
  describe: { description: string; executor: string }
  primitives: CaseReport[]
  large: string
  parity: ParityReport
}

const scope = globalThis as unknown as { onmessage: ((event: { data: SuiteQuestion }) => void) | null; postMessage(message: unknown): void }

/** Answers one question about a GPU backend of its own, inside a dedicated Worker. */
scope.onmessage = async ({ data }) => {
  try {
    const backend = await createGpuBackend({ mode: data.mode })
    scope.postMessage({ answer: await answer(backend, data) })
    await backend.dispose()
  } catch (error) {
    scope.postMessage({ failure: error instanceof Error ? error.stack ?? error.message : String(error) })
  }
}

async function answer(backend: GpuBackend, question: SuiteQuestion): Promise<SuiteAnswers[SuiteQuestion['kind']]> {
  switch (question.kind) {
    case 'describe': {
      const program = await backend.compile((ops) => ({ results: { sum: ops.biasSum(ops.sequenceInput('x', 3, 2, 5)) } }))
      return { description: backend.description, executor: program.executor }
    }
    case 'primitives': return checkBackend(backend)
    case 'large': return checkLargeIndices(backend)
    case 'parity': return runParity(backend, question.one)
  }
}
