import { UnrollError } from '@shared/errors'
import type { Backend } from '../backends/backend'
import { buildTrace } from '../bptt/programs'
import { parameterVariables, stateVariables, writeAll } from '../bptt/variables'
import { breather, engineHost, type EngineHost } from '../host'
import type { NetworkArguments } from '../inspect/network-runner'
import type { Part, PreparedData, SequencePart, SequenceSet } from '../training/prepared-data'

const batchRows = 32

/**
 * The output of each whole sequence, for last-step models:  y = V h + c, h at its own end (in reverse at its start).
 * Reads the test part; where that is empty the validation part, else the training part.
 * @param data  a sequence set; its targets are not read
 * @param count how many of its first sequences; more than there are: all
 * @returns [sequences, outputSize]
 * @throws UnrollError `input.invalid` when the data is no sequence set, `shape.mismatch`
 */
export async function predict(backend: Backend, args: NetworkArguments & { data: PreparedData; count: number }, host: EngineHost = engineHost): Promise<Float32Array> {
  const { model, inputSize, outputSize, weights, data } = args
  if (data.form !== 'sequences') throw new UnrollError('input.invalid', 'Predictions of a last step need a set of sequences, but the data is a stream.', { hint: 'Sample text or forecast instead.' })
  const part = data[partToPredict(data)]
  const count = Math.min(args.count, part.count)
  const batch = Math.max(1, Math.min(batchRows, count))
  const [parameters, states] = [parameterVariables(backend, model, inputSize, outputSize), stateVariables(backend, model, batch)]
  writeAll(parameters, weights, 'The weights')
  const shape = { model, input: data.input, inputSize, outputSize, output: 'last-step' as const, steps: data.steps, batch }
  const program = await backend.compile(buildTrace({ shape, parameters, states, carry: false }, { hidden: false }))
  const breathe = breather(host)
  const predictions = new Float32Array(count * outputSize)
  try {
    for (let from = 0; from < count; from += batch) {
      const rows = Math.min(batch, count - from)
      const { outputs } = await program.run(rowsOf(data, part, from, rows, batch))
      predictions.set(outputs!.subarray(0, rows * outputSize), from * outputSize)
      await breathe()
    }
  } finally {
    program.dispose()
  }
  return predictions
}

/** Which part `predict` reads. */
export function partToPredict(data: SequenceSet): Part {
  return data.test.count > 0 ? 'test' : data.validation.count > 0 ? 'validation' : 'train'
}

/** Sequences from … from + rows − 1 as a program reads them, [steps, batch, width]; the other rows are empty. */
function rowsOf({ input, inputSize, steps }: SequenceSet, part: SequencePart, from: number, rows: number, batch: number) {
  const width = input === 'tokens' ? 1 : inputSize
  const x = input === 'tokens' ? new Int32Array(steps * batch) : new Float32Array(steps * batch * width)
  const lengths = new Int32Array(batch)
  for (let row = 0; row < rows; row++) {
    lengths[row] = part.lengths?.[from + row] ?? steps
    for (let step = 0; step < lengths[row]!; step++) {
      const at = ((from + row) * steps + step) * width
      x.set(part.x.subarray(at, at + width), (step * batch + row) * width)
    }
  }
  return { x, lengths }
}
