import type { Kernels } from './kernel-module'

/**
 * The kernels that programs are made of, in the order of their numbers in assembly/dispatch.ts, and what their arguments
 * are there: `i` a word of 4 bytes, `f` a float64.
 */
export const argumentKinds = {
  copy: 'iii',
  clear: 'ii',
  clearRows: 'iiii',
  copyRows: 'iiiiii',
  packRows: 'iiiiii',
  packColumns: 'iiiiii',
  transpose: 'iiiiii',
  product: 'iiiiiiiiiii',
  outerProduct: 'iiiiiiiiiii',
  gatherRows: 'iiiiiii',
  gatherColumns: 'iiiiiii',
  scatterRows: 'iiiiiiii',
  scatterColumns: 'iiiiiii',
  rnnActivate: 'iiiiiii',
  rnnDelta: 'iiiiiiii',
  passInactive: 'iiiiii',
  lstmActivate: 'iiiiiiiii',
  lstmDelta: 'iiiiiiiiiii',
  held: 'iiiiii',
  gruActivate: 'iiiiiiiii',
  gruDelta: 'iiiiiiiiii',
  lookUp: 'iiiiii',
  multiply: 'iiii',
  add: 'iiii',
  attend: 'iiiiiiiiiiii',
  attendBackward: 'iiiiiiiiiiiiiiii',
  crossEntropy: 'iiiiiiiiiiiifi',
  squaredError: 'iiiiiiiiiiii',
  absoluteError: 'iiiiiiiiiiii',
  huberLoss: 'iiiiiiiiiiii',
  lossEnd: 'iiiii',
  rowSum: 'iiiii',
  squareSums: 'iiii',
  rootOfSums: 'iii',
  clipFactor: 'ifi',
  descend: 'iiiifii',
  momentum: 'iiiiiffiiii',
  adam: 'iiiiiififffiiii',
  rmsprop: 'iiiiiiffffiiii',
  clipValue: 'iifi',
  productOfSteps: 'iiiiiiiiiiiiiii',
} as const satisfies Partial<Record<keyof Kernels, string>>

export type KernelName = keyof typeof argumentKinds

/** One kernel call of a program. */
export interface KernelCall {
  kernel: KernelName
  args: readonly (number | boolean)[]
}

const numbers = new Map(Object.keys(argumentKinds).map((name, index) => [name, index]))

/** Words before a call's arguments: number, length in bytes, address of the condition, cost. */
const HEAD = 4

export const call = <K extends KernelName>(kernel: K, ...args: Parameters<Kernels[K]>): KernelCall => ({ kernel, args })

/** Length of a call in a list, bytes. */
export function bytesOf({ kernel }: KernelCall): number {
  let words = HEAD
  for (const kind of argumentKinds[kernel]) words += kind === 'f' ? 2 : 1
  return words * 4
}

/**
 * Writes a call as assembly/calls.ts reads it.
 * @param at index of its first word   @param condition address of a word that must not be 0 for the call to be made; 0: always
 * @param cost in multiply-adds
 */
export function writeCall(ints: Int32Array, floats: Float32Array, at: number, { kernel, args }: KernelCall, condition: number, cost: number): void {
  ints[at] = numbers.get(kernel)!
  ints[at + 1] = bytesOf({ kernel, args })
  ints[at + 2] = condition
  floats[at + 3] = cost
  let word = at + HEAD
  const kinds = argumentKinds[kernel]
  args.forEach((value, index) => {
    if (kinds[index] === 'f') {
      const halves = new Int32Array(Float64Array.of(Number(value)).buffer)
      ints.set(halves, word)
      word += 2
    } else ints[word++] = Number(value)
  })
}
