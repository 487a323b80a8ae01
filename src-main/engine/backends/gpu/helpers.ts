/**
 * Functions that kernels call by name. They are handed to GPU.js as text under exactly these names, whatever a bundler
 * calls them here; a kernel declares those it calls.
 */
export interface Helper {
  readonly name: string
  readonly source: string
  readonly argumentTypes: readonly 'Number'[]
}

/** ⌊index / divisor⌋. A GPU's division may be off by a unit in the last place, so the quotient is put right. */
function quotient(index: number, divisor: number): number {
  let whole = Math.floor(index / divisor)
  const rest = index - whole * divisor
  if (rest < 0) {
    whole = whole - 1
  }
  if (rest >= divisor) {
    whole = whole + 1
  }
  return whole
}

/**
 * tanh x to float32's accuracy. WGSL promises its own only to 1e-5, and e^2x overflows on some drivers.
 * Small |x|: the series, where 1 − 2/(e^2x + 1) would cancel. |x| > 9.2: ±1 in float32.
 */
function hyperbolicTangent(x: number): number {
  let result = x
  if (x > 9.2) {
    result = 1
  } else if (x < -9.2) {
    result = -1
  } else if (x > 0.25) {
    result = 1 - 2 / (Math.exp(2 * x) + 1)
  } else if (x < -0.25) {
    result = 2 / (Math.exp(-2 * x) + 1) - 1
  } else {
    const square = x * x
    result = x * (1 - square * (0.3333333333333333 - square * (0.13333333333333333 - square * (0.05396825396825397 - square * 0.021869488536155203))))
  }
  return result
}

/** 1 / (1 + e^−x), with an exponential that can't overflow on either side. */
function sigmoid(x: number): number {
  let result = 0
  if (x >= 0) {
    result = 1 / (1 + Math.exp(-x))
  } else {
    const power = Math.exp(x)
    result = power / (1 + power)
  }
  return result
}

const named = (name: string, helper: (...args: number[]) => number): Helper => ({
  name,
  source: helper.toString().replace(/^function\s*[\w$]*/, `function ${name}`),
  argumentTypes: Array.from({ length: helper.length }, () => 'Number' as const),
})

export const helpers: readonly Helper[] = [named('quotient', quotient), named('hyperbolicTangent', hyperbolicTangent), named('sigmoid', sigmoid)]
