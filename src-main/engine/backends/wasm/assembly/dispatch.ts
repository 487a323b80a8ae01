// Kernel calls as data: a number for each kernel, then its arguments as 4-byte words, float64 as two. The numbers and the
// kinds of the arguments are those of the table in kernel-calls.ts.

import { attend, attendBackward } from './attention'
import { crossEntropy } from './cross-entropy'
import { passInactive, rnnActivate, rnnDelta } from './elman'
import { absoluteError, huberLoss, lossEnd, squaredError } from './errors'
import { gruActivate, gruDelta } from './gru'
import { held, lstmActivate, lstmDelta } from './lstm'
import { clear, copy } from './memory'
import { adam, clipValue, descend, momentum, rmsprop } from './optimizers'
import { outerProduct } from './outer'
import { packColumns, packRows, transpose } from './pack'
import { product, productOfSteps } from './product'
import { clearRows, copyRows, lookUp, multiply } from './shaping'
import { add, clipFactor, rootOfSums, rowSum, squareSums } from './sums'
import { gatherColumns, gatherRows, scatterColumns, scatterRows } from './tokens'

// @ts-ignore: decorator
@inline
function word(at: usize, index: usize): usize {
  return load<usize>(at + (index << 2))
}

// @ts-ignore: decorator
@inline
function double(at: usize, index: usize): f64 {
  return load<f64>(at + (index << 2))
}

/** Calls the kernel of a number with the arguments at an address. */
export function dispatch(kernel: i32, at: usize): void {
  switch (kernel) {
    case 0: copy(word(at, 0), word(at, 1), word(at, 2)); break
    case 1: clear(word(at, 0), word(at, 1)); break
    case 2: clearRows(word(at, 0), word(at, 1), word(at, 2), word(at, 3)); break
    case 3: copyRows(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5)); break
    case 4: packRows(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5)); break
    case 5: packColumns(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5)); break
    case 6: transpose(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5)); break
    case 7: product(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), word(at, 8), word(at, 9), word(at, 10)); break
    case 8: outerProduct(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), word(at, 8), word(at, 9) != 0, word(at, 10)); break
    case 9: gatherRows(word(at, 0), word(at, 1), <u32>word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6)); break
    case 10: gatherColumns(word(at, 0), word(at, 1), <u32>word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6)); break
    case 11: scatterRows(word(at, 0), word(at, 1), <u32>word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7)); break
    case 12: scatterColumns(word(at, 0), word(at, 1), <u32>word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6)); break
    case 13: rnnActivate(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), <i32>word(at, 5), word(at, 6) != 0); break
    case 14: rnnDelta(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), <i32>word(at, 6), word(at, 7) != 0); break
    case 15: passInactive(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), <i32>word(at, 5)); break
    case 16: lstmActivate(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), <i32>word(at, 8)); break
    case 17: lstmDelta(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), word(at, 8), word(at, 9), <i32>word(at, 10)); break
    case 18: held(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), <i32>word(at, 5)); break
    case 19: gruActivate(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), <i32>word(at, 8)); break
    case 20: gruDelta(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), word(at, 8), <i32>word(at, 9)); break
    case 21: lookUp(word(at, 0), word(at, 1), <u32>word(at, 2), word(at, 3), word(at, 4), word(at, 5)); break
    case 22: multiply(word(at, 0), word(at, 1), word(at, 2), word(at, 3)); break
    case 23: add(word(at, 0), word(at, 1), word(at, 2), word(at, 3)); break
    case 24: attend(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), word(at, 8), word(at, 9), word(at, 10), word(at, 11)); break
    case 25: attendBackward(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), word(at, 8), word(at, 9), word(at, 10), word(at, 11), word(at, 12), word(at, 13) != 0, word(at, 14), word(at, 15)); break
    case 26: crossEntropy(<i32>word(at, 0), <i32>word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), word(at, 8), word(at, 9), word(at, 10), word(at, 11), double(at, 12), word(at, 14)); break
    case 27: squaredError(<i32>word(at, 0), <i32>word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), word(at, 8), word(at, 9), word(at, 10), word(at, 11)); break
    case 28: absoluteError(<i32>word(at, 0), <i32>word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), word(at, 8), word(at, 9), word(at, 10), word(at, 11)); break
    case 29: huberLoss(<i32>word(at, 0), <i32>word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), word(at, 8), word(at, 9), word(at, 10), word(at, 11)); break
    case 30: lossEnd(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4)); break
    case 31: rowSum(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4)); break
    case 32: squareSums(word(at, 0), word(at, 1), word(at, 2), word(at, 3)); break
    case 33: rootOfSums(word(at, 0), word(at, 1), word(at, 2)); break
    case 34: clipFactor(word(at, 0), double(at, 1), word(at, 3)); break
    case 35: descend(word(at, 0), word(at, 1), word(at, 2), word(at, 3), double(at, 4), word(at, 6), word(at, 7)); break
    case 36: momentum(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), double(at, 5), double(at, 7), word(at, 9) != 0, word(at, 10), word(at, 11), word(at, 12)); break
    case 37: adam(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), double(at, 6), word(at, 8) != 0, double(at, 9), double(at, 11), double(at, 13), word(at, 15), word(at, 16), word(at, 17), word(at, 18)); break
    case 38: rmsprop(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), double(at, 6), double(at, 8), double(at, 10), double(at, 12), word(at, 14), word(at, 15), word(at, 16), word(at, 17)); break
    case 39: clipValue(word(at, 0), word(at, 1), double(at, 2), word(at, 4)); break
    case 40: productOfSteps(word(at, 0), word(at, 1), word(at, 2), word(at, 3), word(at, 4), word(at, 5), word(at, 6), word(at, 7), word(at, 8), word(at, 9), word(at, 10), word(at, 11), word(at, 12), word(at, 13), word(at, 14)); break
    default: unreachable()
  }
}
