import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { experimentSchema } from '@shared/experiment/schema'
import { prepare } from '@main/data/prepare'
import type { Backend } from '@main/engine/backends/backend'
import type { Weights } from '@main/engine/training/types'
import { readTensors } from '@main/services/serve-data'
import { sharedMissing, sharedPath } from '../support/shared-folder'
import { runParity, type ParityCase, type ParityReport } from './run-parity'

/** Loads a case's folder and runs it. */
export const runParityCase = async (backend: Backend, folder: string): Promise<ParityReport> => runParity(backend, await loadParityCase(folder))

/** Folders of the cases: those committed here, and those of ../shared when it is there; or those of $UNROLL_PARITY_CASES alone. */
export function parityFolders(): string[] {
  const cases = (folder: string) => readdirSync(folder).sort().map((name) => join(folder, name))
  const given = process.env['UNROLL_PARITY_CASES']
  if (given !== undefined) return cases(given)
  const own = fileURLToPath(new URL('./cases', import.meta.url))
  return [...cases(own), ...(sharedMissing ? [] : cases(sharedPath('parity')))]
}

/** A case as the command line reads it. */
export async function loadParityCase(folder: string): Promise<ParityCase> {
  const tensors = (name: string) => readTensors(new Uint8Array(readFileSync(join(folder, name))), name)
  const experiment = experimentSchema.parse(JSON.parse(readFileSync(join(folder, 'experiment.json'), 'utf8')))
  const { data } = await prepare(experiment, folder, readTensors)
  return {
    name: basename(folder), experiment, data, initial: floats(tensors(experiment.model.init)),
    expected: {
      steps: (JSON.parse(readFileSync(join(folder, 'expected/expected.json'), 'utf8')) as { steps: ParityCase['expected']['steps'] }).steps,
      final: floats(tensors('expected/final.safetensors')), states: floats(tensors('expected/states.safetensors'))['hidden']!,
    },
  }
}

const floats = (tensors: ReturnType<typeof readTensors>): Weights =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, { shape: tensor.shape, data: Float32Array.from(tensor.data, Number) }]))
