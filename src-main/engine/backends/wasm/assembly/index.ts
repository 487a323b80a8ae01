// What the WebAssembly module exports. Addresses are bytes in the linear memory; see kernel-module.ts for the other side.

export { expArray, sigmoidArray, tanhArray } from './vector'
export { packColumns, packRows, transpose } from './pack'
export { product, productOfSteps } from './product'
export { outerDepth, outerProduct, outerWorkspace } from './outer'
export { gatherColumns, gatherRows, scatterColumns, scatterRows } from './tokens'
export { passInactive, rnnActivate, rnnDelta } from './elman'
export { held, lstmActivate, lstmDelta } from './lstm'
export { gruActivate, gruDelta } from './gru'
export { clearRows, copyRows, lookUp, multiply } from './shaping'
export { attend, attendBackward } from './attention'
export { crossEntropy } from './cross-entropy'
export { absoluteError, huberLoss, lossEnd, squaredError } from './errors'
export { add, clipFactor, rootOfSums, rowSum, squareSums } from './sums'
export { clear, copy } from './memory'
export { scratchBytes, useScratch } from './scratch'
export { execute, spin } from './calls'
export { adam, clipValue, descend, momentum, rmsprop } from './optimizers'

/** Everything from here on belongs to the host. */
export function heapBase(): usize {
  return __heap_base
}
