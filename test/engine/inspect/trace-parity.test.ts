import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { topStates } from '@main/engine/inspect/trace-tensors'
import { TraceSession } from '@main/engine/inspect/trace-session'
import { createWork } from '@main/engine/inspect/work'
import { trainingBatches } from '@main/engine/training/batches'
import { createOracleBackend } from '../oracle/oracle-backend'
import { loadParityCase, parityFolders } from '../../parity/load-parity'
import { sharedMissing } from '../../support/shared-folder'

const cases = parityFolders().map((folder) => ({ name: basename(folder), folder }))
const backends = { oracle: async () => createOracleBackend(), wasm: createWasmBackend }

describe(`traced states are PyTorch's${sharedMissing === null ? '' : ` (own cases alone: ${sharedMissing})`}`, () => {
  test.each(cases.flatMap((one) => (['oracle', 'wasm'] as const).map((kind) => ({ ...one, kind }))))('$name on $kind', async ({ folder, kind }) => {
    const { experiment, data, initial, expected } = await loadParityCase(folder)
    const { x, lengths } = trainingBatches(data, experiment).fill(0, null)
    const { inputSize, outputSize, input } = trainingBatches(data, experiment).source
    const [rows, steps, width] = expected.states.shape as [number, number, number]
    const backend = await backends[kind]()
    const each = input === 'tokens' ? 1 : inputSize
    for (let row = 0; row < rows; row++) {
      const length = lengths[row]!
      const own = input === 'tokens' ? new Int32Array(length) : new Float32Array(length * each)
      for (let step = 0; step < length; step++) own.set(x.subarray((step * rows + row) * each, (step * rows + row + 1) * each), step * each)
      const session = await TraceSession.open(backend, { model: experiment.model, inputSize, outputSize, output: experiment.task.output, weights: initial }, { kind: input, x: own }, createWork())
      const top = topStates(experiment.model)
      for (const [index, name] of top.entries()) {
        const found = await session.read(name, 0, length, createWork())
        const hidden = width / top.length
        found.forEach((value, at) => {
          const [step, unit] = [Math.floor(at / hidden), at % hidden + index * hidden]
          const theirs = expected.states.data[(row * steps + step) * width + unit]!
          expect(Math.abs(value - theirs) / Math.max(1, Math.abs(theirs))).toBeLessThan(1e-5)
        })
      }
      await session.dispose()
    }
    await backend.dispose()
  })
})
