import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { UnrollError } from '@shared/errors'
import { experimentSchema, type Experiment, type ExperimentInput } from '@shared/experiment/schema'

/** A folder for the test file's own files, removed at its end. */
export function scratch(): { folder: string; write(name: string, content: string | Uint8Array): string } {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-data-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return {
    folder,
    write(name, content) {
      const path = join(folder, name)
      writeFileSync(path, content)
      return path
    },
  }
}

const tasks: Record<string, Experiment['task']> = {
  text: { output: 'every-step', loss: 'cross-entropy' },
  series: { output: 'every-step', loss: 'mse' },
  generated: { output: 'last-step', loss: 'mse' },
  tensors: { output: 'every-step', loss: 'cross-entropy' },
}

/** An experiment on the data, of which the data room reads nothing but data, task and seed. */
export function experimentOn(data: ExperimentInput['data'], rest: { task?: Experiment['task']; seed?: number } = {}): Experiment {
  return experimentSchema.parse({
    unroll: 1, name: 'test', data, task: rest.task ?? tasks[data.kind], model: { cell: 'rnn', hiddenSize: 4 },
    training: rest.seed === undefined ? {} : { seed: rest.seed },
  })
}

/** The error of a promise that should fail with one of ours. */
export async function failureOf(promise: Promise<unknown>): Promise<UnrollError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof UnrollError) return error
    throw error
  }
  throw new Error('Nothing failed.')
}
