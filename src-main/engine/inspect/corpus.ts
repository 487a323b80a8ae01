import type { Backend, Program } from '../backends/backend'
import { inputNames } from '../bptt/programs'
import { parameterVariables, stateVariables, writeAll, zero, type Variables } from '../bptt/variables'
import { stateLetters, tensorSpecs } from './trace-tensors'
import type { LookedNetwork } from './looked-network'
import { buildTensors } from './trace-tensors'
import type { Work } from './work'

/** Sequences one after the other; a stream is one. */
export interface Corpus {
  kind: 'tokens' | 'values'
  /** Token ids [steps], or rows [steps, inputSize]. */
  x: Int32Array | Float32Array
  steps: number
  /** First step of each sequence, ascending, the first one 0. */
  starts: Int32Array
}

/** Where the rows of a piece of a corpus stand. */
export interface CorpusRows {
  /** Step of the corpus of the first row. */
  from: number
  rows: number
  /** Row r of a tensor of this width starts at `(r · stride + offset) · width`. */
  stride: number
  offset: number
  /** Index of the sequence. */
  sequence: number
  /** Of a tensor named. */
  width(name: string): number
}

const [rowsAtOnce, chunkSteps, warmUpSteps] = [32, 64, 128]

/** A stretch read from a zero state, `warmUp` steps before the first one that counts. */
interface Lane { from: number; to: number; warmUp: number; sequence: number }

/**
 * Reads a whole corpus, many rows at once, and hands over the tensors named. Each sequence is read from a zero state; one
 * that is much longer than the others, such as a stream, in lanes, each entered `warmUp` steps early, as a stretch of a
 * stream is when it is looked at.
 * @param take called for each piece of rows with the tensors' numbers, which are to be copied
 * @throws UnrollError `inspect.cancelled`
 */
export async function readCorpus(backend: Backend, network: LookedNetwork, corpus: Corpus, names: readonly string[], take: (rows: CorpusRows, tensors: Record<string, Float32Array>) => void, work: Work): Promise<void> {
  const lanes = lanesOf(corpus, network.model.bidirectional)
  const batch = Math.min(rowsAtOnce, lanes.length)
  const reader = new CorpusReader(backend, network, corpus, names, batch)
  const total = lanes.reduce((sum, { from, to, warmUp }) => sum + to - from + warmUp, 0)
  let done = 0
  try {
    for (let first = 0; first < lanes.length; first += batch) {
      const own = lanes.slice(first, first + batch)
      await reader.read(own, take, (steps) => work.step(done + steps, total))
      done += own.reduce((sum, { from, to, warmUp }) => sum + to - from + warmUp, 0)
    }
  } finally {
    await reader.dispose()
  }
}

/** Lanes of like length beside each other, so that few rows wait for others. */
function lanesOf({ steps, starts }: Corpus, whole: boolean): Lane[] {
  const sequences = Array.from(starts, (from, sequence): Lane => ({ from, to: starts[sequence + 1] ?? steps, warmUp: 0, sequence }))
  const share = Math.max(4 * warmUpSteps, Math.ceil(steps / rowsAtOnce))
  const lanes = whole ? sequences : sequences.flatMap((lane) => {
    const parts = Math.max(1, Math.round((lane.to - lane.from) / share))
    const cut = (part: number) => lane.from + Math.round((lane.to - lane.from) * part / parts)
    return Array.from({ length: parts }, (_, part): Lane => ({ from: cut(part), to: cut(part + 1), warmUp: Math.min(cut(part) - lane.from, warmUpSteps), sequence: lane.sequence }))
  })
  return lanes.filter(({ from, to }) => to > from).sort((a, b) => a.to - a.from + a.warmUp - (b.to - b.from + b.warmUp))
}

class CorpusReader {
  private readonly parameters: Variables
  private readonly states: Variables
  private readonly programs = new Map<number, Promise<Program>>()
  private readonly results: string[]

  constructor(private readonly backend: Backend, private readonly network: LookedNetwork, private readonly corpus: Corpus, private readonly names: readonly string[], private readonly batch: number) {
    const { model, inputSize, outputSize, weights } = network
    this.parameters = parameterVariables(backend, model, inputSize, outputSize)
    this.states = stateVariables(backend, model, batch)
    writeAll(this.parameters, weights, 'The weights')
    const letters = stateLetters[model.cell] as readonly string[]
    const states = tensorSpecs(model, inputSize, outputSize, 'every-step').filter(({ of }) => letters.includes(of)).map(({ name }) => name)
    this.results = [...new Set([...names, ...states])]
  }

  /** Lanes beside each other, from zero states to their ends. */
  async read(lanes: readonly Lane[], take: (rows: CorpusRows, tensors: Record<string, Float32Array>) => void, told: (steps: number) => Promise<void>): Promise<void> {
    const { corpus: { kind, x }, network: { inputSize, model }, batch } = this
    const width = kind === 'tokens' ? 1 : inputSize
    const longest = Math.max(...lanes.map(({ from, to, warmUp }) => to - from + warmUp))
    const most = model.bidirectional ? longest : chunkSteps
    const steps = Math.min(most, 2 ** Math.ceil(Math.log2(longest)))
    const program = await this.program(steps)
    zero(this.states)
    const own = kind === 'tokens' ? new Int32Array(steps * batch) : new Float32Array(steps * batch * width)
    const lengths = new Int32Array(batch)
    let read = 0
    for (let at = 0; at < longest; at += steps) {
      for (const [row, { from, to, warmUp }] of lanes.entries()) {
        const begin = from - warmUp + at
        lengths[row] = Math.max(0, Math.min(steps, to - begin))
        for (let step = 0; step < lengths[row]!; step++) own.set(x.subarray((begin + step) * width, (begin + step + 1) * width), (step * batch + row) * width)
        read += lengths[row]!
      }
      const found = await program.run({ [inputNames.x]: own, [inputNames.lengths]: lengths })
      for (const [row, { from, warmUp, sequence }] of lanes.entries()) {
        const begin = from - warmUp + at
        const hidden = Math.max(0, Math.min(lengths[row]!, from - begin))
        const rows = lengths[row]! - hidden
        if (rows > 0) take({ from: begin + hidden, rows, stride: batch, offset: hidden * batch + row, sequence, width: (name) => found[name]!.length / steps / batch }, found)
      }
      this.carry(found, steps)
      await told(read)
    }
  }

  async dispose(): Promise<void> {
    for (const program of this.programs.values()) await program.then((ready) => { ready.dispose() }, () => undefined)
  }

  /** The state after the last step is the next piece's first; a row past its end has kept its own. */
  private carry(found: Record<string, Float32Array>, steps: number): void {
    for (const [name, variable] of this.states) {
      const size = this.batch * variable.shape[1]!
      variable.write(found[name]!.slice((steps - 1) * size, steps * size))
    }
  }

  private program(steps: number): Promise<Program> {
    const known = this.programs.get(steps)
    if (known) return known
    const { network: { model, inputSize, outputSize }, corpus: { kind } } = this
    const compiled = this.backend.compile(buildTensors({
      shape: { model, input: kind, inputSize, outputSize, output: 'every-step', steps, batch: this.batch },
      parameters: this.parameters, states: this.states, carry: false,
    }, this.results))
    this.programs.set(steps, compiled)
    return compiled
  }
}
