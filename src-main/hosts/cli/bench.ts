import { UnrollError } from '@shared/errors'
import { experimentSchema, type Experiment } from '@shared/experiment/schema'
import { unsupported } from '@shared/experiment/unsupported'
import { gatesOf } from '@shared/model/weights'
import type { SequenceSet } from '../../engine/training/prepared-data'
import { computeClient } from '../../services/compute/compute-client'
import type { HostCapabilities } from '../../services/host-capabilities'
import { defaultHome, nodeHost } from '../node-host'

type Cell = keyof typeof gatesOf

export interface BenchOptions {
  cell?: Cell
  hidden?: number
  input?: number
  batch?: number
  /** Time steps T of a training step. */
  steps?: number
  layers: number
  device: 'cpu' | 'gpu'
  repeats: number
  json?: boolean
}

interface Size { hidden: number; input: number; batch: number; steps: number }

interface Measured {
  msPerStep: { median: number; min: number; max: number }
  tokensPerSecond: number
  /** Of multiplications and additions of the matrix products, 10⁹ a second. */
  gflops: number
  device: string
  kernel: string | null
}

/** The table's rows: hidden, input, batch and time steps that grow together. */
const table: readonly Size[] = [
  { hidden: 32, input: 32, batch: 16, steps: 32 },
  { hidden: 128, input: 64, batch: 32, steps: 64 },
  { hidden: 256, input: 64, batch: 32, steps: 64 },
  { hidden: 512, input: 128, batch: 32, steps: 64 },
]

/** `unroll bench`: whole training steps (forward, loss, backward, clip, Adam) of one size, or of the table's. */
export async function bench(options: BenchOptions): Promise<void> {
  const host = nodeHost({ kind: 'cli', home: defaultHome() })
  const single = [options.hidden, options.input, options.batch, options.steps].some((value) => value !== undefined)
  const sizes = single ? [{ ...table[1]!, ...given(options) }] : table
  const cells: readonly Cell[] = options.cell !== undefined ? [options.cell] : single ? ['rnn'] : ['rnn', 'gru', 'lstm']
  if (options.json !== true) process.stdout.write(`${headings.map((title, at) => title.padStart(widths[at]!)).join('')}\n`)
  for (const cell of cells) {
    for (const size of sizes) {
      const result = await measure(host, cell, options, size)
      process.stdout.write(options.json === true
        ? `${JSON.stringify(single ? result : { cell, ...size, layers: options.layers, ...result })}\n`
        : `${row(cell, size, result)}\n`)
    }
  }
}

const headings = ['cell', 'H', 'I', 'B', 'T', 'ms/step', 'min', 'max', 'tokens/s', 'GFLOP/s', '  device']
const widths = [6, 6, 6, 6, 6, 10, 10, 10, 12, 9, 0]

function row(cell: Cell, { hidden, input, batch, steps }: Size, { msPerStep, tokensPerSecond, gflops, device, kernel }: Measured): string {
  const cells = [cell, hidden, input, batch, steps, ...[msPerStep.median, msPerStep.min, msPerStep.max].map((time) => time.toFixed(2)), Math.round(tokensPerSecond), gflops.toFixed(1), `  ${device}, ${kernel ?? '–'}`]
  return cells.map((value, at) => String(value).padStart(widths[at]!)).join('')
}

async function measure(host: HostCapabilities, cell: Cell, { layers, device, repeats }: BenchOptions, size: Size): Promise<Measured> {
  const { hidden, batch, steps } = size
  const experiment: Experiment = experimentSchema.parse({
    unroll: 1, name: 'bench', device,
    data: { kind: 'tensors', source: 'none', validation: 0, test: 0 },
    task: { output: 'every-step', loss: 'mse' },
    model: { cell, hiddenSize: hidden, layers },
    training: { window: steps, carryState: false, batchSize: batch, shuffle: false, optimizer: { kind: 'adam', learningRate: 0.001 }, clipNorm: 1 },
  })
  const [refused] = unsupported(experiment)
  if (refused !== undefined) throw new UnrollError('experiment.unsupported', refused.message)
  const client = computeClient(await host.startCompute(device))
  try {
    await client.prepare({ experiment, data: noise(size) })
    // The first steps compile and warm up.
    await client.time(3)
    const times: number[] = []
    for (let repeat = 0; repeat < repeats; repeat++) times.push(await client.time(1))
    times.sort((a, b) => a - b)
    const median = times[Math.floor(times.length / 2)]!
    return {
      msPerStep: { median, min: times[0]!, max: times.at(-1)! },
      tokensPerSecond: batch * steps / median * 1000,
      gflops: operations(cell, layers, size) / median / 1e6,
      device: (await client.describe()).description,
      kernel: await client.executor(),
    }
  } finally {
    await client.terminate()
  }
}

/**
 * Multiplications and additions of a training step's matrix products: 2·B·T·(Σ_layers g·H·(in + H) + H·O) forward, twice
 * as many backward, less those for the first layer's input gradient, which nothing needs.
 */
function operations(cell: Cell, layers: number, { hidden, input, batch, steps }: Size): number {
  const rows = gatesOf[cell] * hidden
  let cells = 0
  for (let layer = 0; layer < layers; layer++) cells += 3 * rows * ((layer === 0 ? input : hidden) + hidden)
  return 2 * batch * steps * (cells - rows * input + 3 * hidden * input)
}

/** One batch of numbers in [-1, 1) and targets like them; what they are doesn't change the time. */
function noise({ input, batch, steps }: Size): SequenceSet {
  const values = () => Float32Array.from({ length: batch * steps * input }, (_, at) => Math.sin(at * 12.9898) % 1)
  const none = { count: 0, x: new Float32Array(0), y: new Float32Array(0), lengths: null }
  return {
    form: 'sequences', input: 'values', target: 'values', inputSize: input, outputSize: input, steps,
    train: { count: batch, x: values(), y: values(), lengths: null }, validation: none, test: none,
  }
}

const given = ({ hidden, input, batch, steps }: BenchOptions): Partial<Size> =>
  Object.fromEntries(Object.entries({ hidden, input, batch, steps }).filter(([, value]) => value !== undefined))
