import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import { readSafetensors, type SafetensorsTensor } from '@main/formats/safetensors'
import type { Backend } from '@main/engine/backends/backend'
import type { PreparedData, SequencePart } from '@main/engine/training/prepared-data'
import type { Weights } from '@main/engine/training/types'
import { sharedMissing, sharedPath } from '../support/shared-folder'
import { runParity, type ParityCase, type ParityReport } from './run-parity'

/** Loads a case's folder and runs it. */
export const runParityCase = (backend: Backend, folder: string): Promise<ParityReport> => runParity(backend, loadParityCase(folder))

/** Folders of the cases: those committed here, and those of ../shared when it is there. */
export function parityFolders(): string[] {
  const own = fileURLToPath(new URL('./cases', import.meta.url))
  const cases = (folder: string) => readdirSync(folder).sort().map((name) => join(folder, name))
  return [...cases(own), ...(sharedMissing ? [] : cases(sharedPath('parity')))]
}

export function loadParityCase(folder: string): ParityCase {
  const tensors = (name: string) => readSafetensors(new Uint8Array(readFileSync(join(folder, name)))).tensors
  const experiment = experimentSchema.parse(JSON.parse(readFileSync(join(folder, 'experiment.json'), 'utf8')))
  const { data } = experiment
  if (data.kind !== 'text' && data.kind !== 'tensors') throw new Error(`A parity case of kind ${data.kind}`)
  const prepared = data.kind === 'text' ? textData(readFileSync(join(folder, data.source), 'utf8')) : tensorData(tensors(data.source), experiment)
  return {
    name: basename(folder), experiment, data: prepared, initial: floats(tensors(experiment.model.init)),
    expected: {
      steps: (JSON.parse(readFileSync(join(folder, 'expected/expected.json'), 'utf8')) as { steps: ParityCase['expected']['steps'] }).steps,
      final: floats(tensors('expected/final.safetensors')), states: floats(tensors('expected/states.safetensors'))['hidden']!,
    },
  }
}

function textData(text: string): PreparedData {
  const vocabulary = [...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!)
  const index = new Map(vocabulary.map((symbol, id) => [symbol, id]))
  const none = new Int32Array(0)
  return { form: 'tokens', vocabulary: vocabulary.length, train: Int32Array.from([...text], (symbol) => index.get(symbol)!), validation: none, test: none }
}

function tensorData({ x, y, lengths }: Record<string, SafetensorsTensor>, { data }: Experiment): PreparedData {
  if (!x || !y || data.kind !== 'tensors') throw new Error('A parity case without x or y')
  const [count, steps, width] = x.shape as [number, number, number | undefined]
  const classes = y.dtype === 'I32'
  const part: SequencePart = { count, x: numbers(x), y: numbers(y), lengths: lengths ? Int32Array.from(numbers(lengths)) : null }
  const empty: SequencePart = { count: 0, x: part.x.slice(0, 0), y: part.y.slice(0, 0), lengths: null }
  return {
    form: 'sequences', input: x.dtype === 'I32' ? 'tokens' : 'values', target: classes ? 'classes' : 'values',
    inputSize: width ?? data.vocabulary ?? 0, outputSize: classes ? data.classes ?? 0 : y.shape.at(-1)!, steps, train: part, validation: empty, test: empty,
  }
}

function numbers({ data }: SafetensorsTensor): Float32Array | Int32Array {
  if (data instanceof Float32Array || data instanceof Int32Array) return data
  throw new Error('A parity case holds F32 and I32 only')
}

const floats = (tensors: Record<string, SafetensorsTensor>): Weights =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, { shape: tensor.shape, data: Float32Array.from(numbers(tensor)) }]))
