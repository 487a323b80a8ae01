import { UnrollError } from '@shared/errors'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import { unsupported } from '@shared/experiment/unsupported'
import { gatesOf } from '@shared/model/weights'
import type { SequenceSet } from '../../engine/training/prepared-data'
import type { HostCapabilities } from '../../services/host-capabilities'
import { chooseDevice, type Chosen } from '../../services/runs/device-choice'
import { defaultHome, nodeHost } from '../node-host'

type Cell = keyof typeof gatesOf

/** What is timed; `steps` are the time steps T of one training step. */
export interface Size { cell: Cell; hidden: number; input: number; batch: number; steps: number; layers: number }

export interface BenchOptions extends Partial<Size> {
  device: 'cpu' | 'gpu' | 'auto'
  /** Training steps that are timed. */
  repeats: number
  json?: boolean
}

interface Measured {
  msPerStep: { median: number; min: number; max: number }
  tokensPerSecond: number
  /** Of multiplications and additions of the matrix products, 10⁹ a second. */
  gflops: number
  device: string
  kernel: string | null
}

/** What a size has where the flags don't say otherwise. */
const usual: Size = { cell: 'lstm', hidden: 128, input: 64, batch: 32, steps: 64, layers: 1 }

/** The table's rows: every cell at four sizes whose parts grow together. */
const table: readonly Size[] = (['rnn', 'gru', 'lstm'] as const).flatMap((cell) => [
  { ...usual, cell, hidden: 32, input: 32, batch: 16, steps: 32 },
  { ...usual, cell, hidden: 128 },
  { ...usual, cell, hidden: 256 },
  { ...usual, cell, hidden: 512, input: 128 },
])

/**
 * `unroll bench`: whole training steps (forward, cross-entropy, backward, clipping, Adam) of the size that the flags name,
 * or of the table's twelve when they name none.
 */
export async function bench(options: BenchOptions): Promise<void> {
  const host = nodeHost({ kind: 'cli', home: defaultHome() })
  const flags = given(options)
  const single = Object.keys(flags).length > 0
  if (options.json !== true) process.stdout.write(`${headings.map((title, at) => title.padStart(widths[at]!)).join('')}\n`)
  for (const size of single ? [{ ...usual, ...flags }] : table) {
    const result = await measure(host, size, options)
    process.stdout.write(options.json === true ? `${JSON.stringify(single ? result : { ...size, ...result })}\n` : `${row(size, result)}\n`)
  }
}

const headings = ['cell', 'H', 'I', 'B', 'T', 'layers', 'ms/step', 'min', 'max', 'tokens/s', 'GFLOP/s', '  device']
const widths = [6, 6, 6, 6, 6, 8, 10, 10, 10, 12, 9, 0]

function row({ cell, hidden, input, batch, steps, layers }: Size, { msPerStep, tokensPerSecond, gflops, device, kernel }: Measured): string {
  const cells = [cell, hidden, input, batch, steps, layers, ...[msPerStep.median, msPerStep.min, msPerStep.max].map((time) => time.toFixed(2)), Math.round(tokensPerSecond), gflops.toFixed(1), `  ${device}, ${kernel ?? '–'}`]
  return cells.map((value, at) => String(value).padStart(widths[at]!)).join('')
}

/** A session of this size on the device asked for, and what that is. The caller ends the client. */
export async function openBench(host: HostCapabilities, size: Size, device: BenchOptions['device']): Promise<Chosen> {
  const { cell, hidden, layers, batch, steps } = size
  const experiment: Experiment = experimentSchema.parse({
    unroll: 1, name: 'bench', device,
    data: { kind: 'tensors', source: 'none', validation: 0, test: 0 },
    task: { output: 'every-step', loss: 'cross-entropy' },
    model: { cell, hiddenSize: hidden, layers },
    training: { window: steps, carryState: false, batchSize: batch, shuffle: false, optimizer: { kind: 'adam', learningRate: 0.001 }, clipNorm: 1 },
  })
  const [refused] = unsupported(experiment)
  if (refused !== undefined) throw new UnrollError('experiment.unsupported', refused.message)
  return chooseDevice(host, device, null, { experiment, data: noise(size) }, unheard, new AbortController().signal)
}

async function measure(host: HostCapabilities, size: Size, { device, repeats }: BenchOptions): Promise<Measured> {
  const { client, device: description } = await openBench(host, size, device)
  try {
    // The first steps compile; those that follow let the compilers settle.
    const first = await client.time(1)
    await client.time(Math.min(100, Math.max(2, Math.ceil(warmUp / first))))
    const times: number[] = []
    for (let repeat = 0; repeat < repeats; repeat++) times.push(await client.time(1))
    times.sort((a, b) => a - b)
    const middle = Math.floor(times.length / 2)
    const median = times.length % 2 ? times[middle]! : (times[middle - 1]! + times[middle]!) / 2
    return {
      msPerStep: { median, min: times[0]!, max: times.at(-1)! },
      tokensPerSecond: size.batch * size.steps / median * 1000,
      gflops: operations(size) / median / 1e6,
      device: description,
      kernel: await client.executor(),
    }
  } finally {
    await client.terminate()
  }
}

/** Milliseconds of training before anything is timed. */
const warmUp = 250

/** Nothing is trained, so nothing is told. */
const unheard = { metrics: () => {}, checkpoint: async () => {} }

/**
 * Multiplications and additions of a training step's matrix products: 2·B·T·(Σ_layers g·H·(in + H) + H·O) forward, twice
 * as many backward, less those for the first layer's input gradient, which nothing needs.
 */
function operations({ cell, layers, hidden, input, batch, steps }: Size): number {
  const rows = gatesOf[cell] * hidden
  let cells = 0
  for (let layer = 0; layer < layers; layer++) cells += 3 * rows * ((layer === 0 ? input : hidden) + hidden)
  return 2 * batch * steps * (cells - rows * input + 3 * hidden * input)
}

/** One batch of numbers in (-1, 1) and a class for each step; what they are doesn't change the time. */
function noise({ input, batch, steps }: Size): SequenceSet {
  const x = Float32Array.from({ length: batch * steps * input }, (_, at) => Math.sin(at * 12.9898))
  const y = Int32Array.from({ length: batch * steps }, (_, at) => at * 7919 % input)
  const none = { count: 0, x: new Float32Array(0), y: new Int32Array(0), lengths: null }
  return {
    form: 'sequences', input: 'values', target: 'classes', inputSize: input, outputSize: input, steps,
    train: { count: batch, x, y, lengths: null }, validation: none, test: none,
  }
}

const given = ({ cell, hidden, input, batch, steps, layers }: BenchOptions): Partial<Size> =>
  Object.fromEntries(Object.entries({ cell, hidden, input, batch, steps, layers }).filter(([, value]) => value !== undefined))
