import { Random } from '@main/engine/random'
import type { Corpus } from '@main/engine/inspect/corpus'
import type { LookedNetwork } from '@main/engine/inspect/looked-network'
import { networkOf } from './networks'

export const symbols = ['\n', ' ', '(', ')', '<', '>', 'a', 'e', 'b', 'c', '1', 'A'] as const
/** Where the known units stand among the others. */
export const planted = { counter: 3, clock: 7, latch: 11 } as const
const hidden = 16

const id = (symbol: (typeof symbols)[number]) => symbols.indexOf(symbol)
/** What makes a gate open or shut to the last bit. */
const open = 40

/**
 * An LSTM made by hand. Unit 3 counts brackets: c = 0.3 · depth. Unit 7 is a clock that a newline sets back: c = 0.02 · steps since.
 * Unit 11 is a latch: c = 1 from "<" on, −1 from ">" on. All others have any weights, and none of the three reads another unit.
 */
export function plantedNetwork(): LookedNetwork {
  const network = networkOf({ cell: 'lstm', hiddenSize: hidden }, { inputSize: symbols.length, outputSize: symbols.length, scale: 0.5, seed: 7 })
  const [W, U] = [network.weights['rnn.weight_ih_l0']!.data, network.weights['rnn.weight_hh_l0']!.data]
  const [b, bh] = [network.weights['rnn.bias_ih_l0']!.data, network.weights['rnn.bias_hh_l0']!.data]
  const gates = { i: 0, f: 1, g: 2, o: 3 } as const
  const set = (unit: number, gate: keyof typeof gates, bias: number, inputs: Partial<Record<(typeof symbols)[number], number>> = {}) => {
    const row = gates[gate] * hidden + unit
    W.fill(0, row * symbols.length, (row + 1) * symbols.length)
    U.fill(0, row * hidden, (row + 1) * hidden)
    ;[b[row], bh[row]] = [bias, 0]
    for (const [symbol, value] of Object.entries(inputs)) W[row * symbols.length + id(symbol as (typeof symbols)[number])] = value
  }
  for (const unit of Object.values(planted)) for (let row = 0; row < 4 * hidden; row++) U[row * hidden + unit] = 0
  set(planted.counter, 'i', open)
  set(planted.counter, 'f', open)
  set(planted.counter, 'g', 0, { '(': Math.atanh(0.3), ')': -Math.atanh(0.3) })
  set(planted.counter, 'o', open)
  set(planted.clock, 'i', open, { '\n': -2 * open })
  set(planted.clock, 'f', open, { '\n': -2 * open })
  set(planted.clock, 'g', Math.atanh(0.02))
  set(planted.clock, 'o', open)
  set(planted.latch, 'i', -open, { '<': 2 * open, '>': 2 * open })
  set(planted.latch, 'f', open, { '<': -2 * open, '>': -2 * open })
  set(planted.latch, 'g', 0, { '<': open, '>': -open })
  set(planted.latch, 'o', open)
  return network
}

/** Lines of letters with brackets that close and stretches between < and >. */
export function plantedText(steps: number, seed = 1): string {
  const random = new Random(seed)
  const pick = (from: string) => [...from][random.below(from.length)]!
  let [text, depth, inside] = ['', 0, false]
  while (text.length < steps) {
    const draw = random.uniform()
    if (draw < 0.08 && depth < 6) [text, depth] = [`${text}(`, depth + 1]
    else if (draw < 0.16 && depth > 0) [text, depth] = [`${text})`, depth - 1]
    else if (draw < 0.2) [text, inside] = [`${text}${inside ? '>' : '<'}`, !inside]
    else if (draw < 0.23) text += '\n'
    else text += pick('  aebc1Aaebc')
  }
  return text.slice(0, steps)
}

export function plantedCorpus(...texts: string[]): Corpus {
  const x = Int32Array.from(texts.join(''), (symbol) => symbols.indexOf(symbol as (typeof symbols)[number]))
  return { kind: 'tokens', x, steps: x.length, starts: Int32Array.from(texts, (_, index) => texts.slice(0, index).join('').length) }
}
