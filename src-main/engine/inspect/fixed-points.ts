import type { CellMap } from './cell-map'
import { dot, solvePositive } from './dense'
import { eigenvalues } from './eigen'
import type { Work } from './work'

export interface FixedPoint {
  state: Float64Array
  /** ½‖F(h) − h‖²: 0 at a fixed point, small at a slow one. */
  speed: number
  /** Searches that ended here. */
  found: number
  /** The largest modulus of the Jacobian's eigenvalues: below 1 the point draws states in. */
  radius: number
  /** Eigenvalues outside the unit circle: 0 for an attractor, more for a saddle. */
  unstable: number
  re: Float64Array
  im: Float64Array
}

export interface FixedPointOptions {
  /** Steps of each search. */
  steps: number
  /** Speeds below this are reported: 1e-10 for fixed points, more for slow ones. */
  tolerance: number
  /** Points nearer to each other than this, by the root of the number of units, are one. */
  apart: number
}

export const fixedPointDefaults: FixedPointOptions = { steps: 60, tolerance: 1e-10, apart: 1e-3 }

/**
 * States that the map leaves where they are: minima of q(h) = ½‖F(h) − h‖² from many starts, by Levenberg and Marquardt's
 * steps (JᵀJ + μ I) δ = −Jᵀ r with r = F(h) − h, J = ∂F/∂h − I; these become Newton's where it converges.
 * @param starts states to search from, such as those the network visits
 * @see Sussillo & Barak 2013, "Opening the black box", Neural Computation 25(3)
 */
export async function fixedPoints(map: CellMap, starts: readonly Float64Array[], options: FixedPointOptions, work: Work): Promise<FixedPoint[]> {
  const { size } = map
  const points: FixedPoint[] = []
  for (const [index, start] of starts.entries()) {
    const { state, speed } = await search(map, start, options, () => work.step(index, starts.length))
    await work.step(index + 1, starts.length)
    if (!(speed <= options.tolerance)) continue
    const known = points.find((each) => distance(each.state, state) <= options.apart * Math.sqrt(size))
    if (known) {
      known.found++
      if (speed < known.speed) [known.state, known.speed] = [state, speed]
    } else points.push({ state, speed, found: 1, radius: 0, unstable: 0, re: new Float64Array(0), im: new Float64Array(0) })
  }
  for (const point of points) {
    await work.step(starts.length, starts.length)
    const { re, im } = eigenvalues(map.jacobian(point.state), size)
    const moduli = re.map((value, at) => Math.hypot(value, im[at]!))
    Object.assign(point, { re, im, radius: moduli[0] ?? 0, unstable: moduli.filter((modulus) => modulus > 1).length })
  }
  return points.sort((a, b) => b.found - a.found || a.speed - b.speed)
}

async function search(map: CellMap, start: Float64Array, { steps, tolerance }: FixedPointOptions, breathe: () => Promise<void>): Promise<{ state: Float64Array; speed: number }> {
  const { size } = map
  let state = start.slice()
  let residual = residualOf(map, state)
  let speed = dot(residual, residual) / 2
  let damping = 1e-2
  for (let step = 0; step < steps && speed > tolerance * 1e-6; step++) {
    const jacobian = map.jacobian(state)
    for (let at = 0; at < size; at++) jacobian[at * size + at]! -= 1
    const { gram, gradient } = normal(jacobian, residual, size)
    let better = false
    for (let trial = 0; trial < 8 && !better; trial++) {
      const matrix = gram.slice()
      for (let at = 0; at < size; at++) matrix[at * size + at]! += damping
      const delta = gradient.map((value) => -value)
      if (solvePositive(matrix, delta, size)) {
        const next = state.map((value, at) => value + delta[at]!)
        const nextResidual = residualOf(map, next)
        const nextSpeed = dot(nextResidual, nextResidual) / 2
        if (nextSpeed < speed) {
          ;[state, residual, speed, better] = [next, nextResidual, nextSpeed, true]
          damping = Math.max(1e-14, damping / 10)
          continue
        }
      }
      damping *= 4
    }
    await breathe()
    if (!better) break
  }
  return { state, speed }
}

const residualOf = (map: CellMap, state: Float64Array): Float64Array => map.next(state).map((value, at) => value - state[at]!)

/** JᵀJ (its lower half is what is read) and Jᵀ r. */
function normal(jacobian: Float64Array, residual: Float64Array, size: number): { gram: Float64Array; gradient: Float64Array } {
  const [gram, gradient] = [new Float64Array(size * size), new Float64Array(size)]
  for (let row = 0; row < size; row++) {
    const own = jacobian.subarray(row * size, (row + 1) * size)
    for (let i = 0; i < size; i++) {
      const value = own[i]!
      if (value === 0) continue
      gradient[i]! += value * residual[row]!
      for (let j = 0; j <= i; j++) gram[i * size + j]! += value * own[j]!
    }
  }
  return { gram, gradient }
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at]! - b[at]!) ** 2
  return Math.sqrt(sum)
}
