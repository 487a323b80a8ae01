import { UnrollError } from '@shared/errors'
import type { Backend } from '../backends/backend'
import { readCorpus, type Corpus } from './corpus'
import type { LookedNetwork } from './looked-network'
import { tensorSpecs, type TensorSpec } from './trace-tensors'
import type { Work } from './work'

/** A unit that is on where its value is at or above the threshold (sign 1), or at or below its negative (sign −1). */
export interface SignedUnit {
  unit: number
  sign: 1 | -1
}

/** Numbers a store may hold, a byte each. */
export const mostNumbers = 7e8
/** Bit rows that are kept: those of the units asked for last. */
const mostBits = 600

/**
 * One tensor over a whole corpus, a signed byte a number: its hundredths, cut towards zero, so that "at or above 0.30" is
 * exact at every threshold of two decimals. What isn't bounded (c, ReLU's h, sums) is first brought into ±1 by v / (1 + |v|).
 * Asked for with a threshold, a unit becomes a row of bits, one a step, which is kept.
 */
export class StateStore {
  readonly words: number
  private readonly bits = new Map<string, Uint32Array>()

  /** @param codes unit after unit, [units, steps] */
  constructor(readonly steps: number, readonly units: number, readonly starts: Int32Array, readonly codes: Int8Array, readonly bounded: boolean) {
    this.words = Math.ceil(steps / 32)
  }

  /** The smallest code that is on at a threshold. */
  codeOf(threshold: number): number { return Math.max(1, Math.ceil(100 * (this.bounded ? threshold : threshold / (1 + threshold)) - 1e-6)) }

  /** Bit t of word ⌊t/32⌋ is set where the unit is on at step t. */
  on({ unit, sign }: SignedUnit, threshold: number): Uint32Array {
    const code = this.codeOf(threshold)
    const key = `${unit} ${sign} ${code}`
    const known = this.bits.get(key)
    if (known) return known
    const row = packed(this.codes.subarray(unit * this.steps, (unit + 1) * this.steps), sign, code, this.words)
    if (this.bits.size >= mostBits) this.bits.delete(this.bits.keys().next().value!)
    this.bits.set(key, row)
    return row
  }

  /** Whether a unit is on at every step of from..to-1. */
  throughout(unit: number, sign: 1 | -1, code: number, from: number, to: number): boolean {
    const start = unit * this.steps
    for (let at = start + from; at < start + to; at++) if (sign * this.codes[at]! < code) return false
    return true
  }
}

function packed(codes: Int8Array, sign: 1 | -1, code: number, words: number): Uint32Array {
  const row = new Uint32Array(words)
  const whole = codes.length >>> 5
  const least = sign * code
  for (let word = 0; word < whole; word++) {
    let bits = 0
    const from = word << 5
    if (sign > 0) for (let bit = 0; bit < 32; bit++) bits |= (codes[from + bit]! >= least ? 1 : 0) << bit
    else for (let bit = 0; bit < 32; bit++) bits |= (codes[from + bit]! <= least ? 1 : 0) << bit
    row[word] = bits
  }
  for (let at = whole << 5; at < codes.length; at++) if (sign * codes[at]! >= code) row[at >>> 5]! |= 1 << (at & 31)
  return row
}

/** Whether a tensor's numbers lie between −1 and 1. */
export const isBounded = ({ of }: Pick<TensorSpec, 'of'>, { model }: Pick<LookedNetwork, 'model'>): boolean =>
  of === 'h' ? model.cell !== 'rnn' || model.activation === 'tanh' : ['i', 'f', 'g', 'o', 'r', 'z', 'n'].includes(of)

/** Hundredths, cut towards zero. A thousandth of one is left to the rounding of float32. */
const encoded = (value: number): number => Math.trunc(value * 100 + (value < 0 ? -1e-4 : 1e-4))

/**
 * The states of a whole corpus, in a store.
 * @param tensor one of the network's own names: `h_l0`, `c_l1`, `f_l0_reverse`, …
 * @throws UnrollError `inspect.no-tensor`, `inspect.too-large`, `inspect.cancelled`
 */
export async function buildStore(backend: Backend, network: LookedNetwork, corpus: Corpus, tensor: string, work: Work): Promise<StateStore> {
  const spec = tensorSpecs(network.model, network.inputSize, network.outputSize, 'every-step').find(({ name }) => name === tensor)
  if (!spec) throw new UnrollError('inspect.no-tensor', `This network has no "${tensor}" to keep.`)
  const { width } = spec
  const { steps, starts } = corpus
  if (steps * width > mostNumbers) {
    throw new UnrollError('inspect.too-large', `${steps.toLocaleString('en')} steps of ${width.toLocaleString('en')} units are more than is kept (${mostNumbers.toLocaleString('en')} values).`, { hint: `Take at most ${Math.floor(mostNumbers / width).toLocaleString('en')} steps, for instance one part of the data.` })
  }
  const codes = new Int8Array(steps * width)
  const bounded = isBounded(spec, network)
  await readCorpus(backend, network, corpus, [tensor], ({ from, rows, stride, offset }, found) => {
    const values = found[tensor]!
    for (let unit = 0; unit < width; unit++) {
      let at = offset * width + unit
      const to = unit * steps + from
      for (let row = 0; row < rows; row++, at += stride * width) {
        const value = values[at]!
        codes[to + row] = encoded(bounded ? value : value / (1 + Math.abs(value)))
      }
    }
  }, work)
  return new StateStore(steps, width, starts, codes, bounded)
}
