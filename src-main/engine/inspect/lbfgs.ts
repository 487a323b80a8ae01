import { dot } from './dense'

/**
 * The minimum of a smooth convex function, by limited-memory BFGS with backtracking.
 * @param start    where to begin; not changed
 * @param evaluate writes the gradient at a point and gives the value
 * @see Liu & Nocedal 1989; Nocedal & Wright 2006, algorithm 7.4
 */
export function minimise(start: Float64Array, evaluate: (at: Float64Array, gradient: Float64Array) => number, { steps = 100, memory = 8, tolerance = 1e-6 } = {}): Float64Array {
  const size = start.length
  let [at, gradient] = [start.slice(), new Float64Array(size)]
  let value = evaluate(at, gradient)
  const pairs: { s: Float64Array; y: Float64Array; rho: number }[] = []
  for (let step = 0; step < steps; step++) {
    if (Math.sqrt(dot(gradient, gradient)) <= tolerance * Math.max(1, Math.sqrt(dot(at, at)))) break
    const direction = towards(gradient, pairs)
    const slope = dot(direction, gradient)
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1
    const [next, nextGradient] = [new Float64Array(size), new Float64Array(size)]
    let nextValue = Infinity
    for (let trial = 0; trial < 30; trial++, length /= 2) {
      for (let index = 0; index < size; index++) next[index] = at[index]! + length * direction[index]!
      nextValue = evaluate(next, nextGradient)
      if (nextValue <= value + 1e-4 * length * slope) break
    }
    if (!(nextValue < value)) break
    const s = next.map((each, index) => each - at[index]!)
    const y = nextGradient.map((each, index) => each - gradient[index]!)
    const curvature = dot(s, y)
    if (curvature > 1e-12) pairs.push({ s, y, rho: 1 / curvature })
    if (pairs.length > memory) pairs.shift()
    ;[at, gradient, value] = [next, nextGradient, nextValue]
  }
  return at
}

/** −H g by the two loops over what was learned of H. */
function towards(gradient: Float64Array, pairs: readonly { s: Float64Array; y: Float64Array; rho: number }[]): Float64Array {
  const q = gradient.slice()
  const alphas: number[] = []
  for (const { s, y, rho } of [...pairs].reverse()) {
    const alpha = rho * dot(s, q)
    alphas.unshift(alpha)
    for (let at = 0; at < q.length; at++) q[at]! -= alpha * y[at]!
  }
  const last = pairs.at(-1)
  const scale = last ? dot(last.s, last.y) / dot(last.y, last.y) : 1
  for (let at = 0; at < q.length; at++) q[at]! *= scale
  for (const [index, { s, y, rho }] of pairs.entries()) {
    const beta = alphas[index]! - rho * dot(y, q)
    for (let at = 0; at < q.length; at++) q[at]! += beta * s[at]!
  }
  return q.map((value) => -value)
}
