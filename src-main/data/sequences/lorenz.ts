import { Random } from '../../engine/random'

/** Keeps these draws apart from those of the other generators and of training under the same seed. */
const stream = 0x104e
const [sigma, rho, beta] = [10, 28, 8 / 3]
const longestStep = 0.005
/** Time units after which the trajectory is on the attractor. */
const transient = 50

/**
 * The Lorenz system, weather in three numbers, chaotic:
 *   dx/dt = σ (y − x),  dy/dt = x (ρ − z) − y,  dz/dt = x y − β z;   σ = 10, ρ = 28, β = 8/3
 * Runge–Kutta of fourth order in steps of at most 0.005. One trajectory from a start drawn from the seed, its first 50 time
 * units left out.
 * @param interval time between two values   @param observed how many of x, y, z are seen
 * @returns [count, observed]
 * @see Lorenz 1963
 */
export function lorenzTrajectory({ interval, observed }: { interval: number; observed: number }, count: number, seed: number): Float64Array {
  const random = new Random(seed, stream)
  const substeps = Math.max(1, Math.ceil(interval / longestStep))
  const h = interval / substeps
  let state: State = [random.normal() * 5, random.normal() * 5, 20 + random.normal() * 5]
  const values = new Float64Array(count * observed)
  for (let index = -Math.ceil(transient / interval); index < count; index++) {
    for (let column = 0; index >= 0 && column < observed; column++) values[index * observed + column] = state[column]!
    for (let sub = 0; sub < substeps; sub++) state = stepped(state, h)
  }
  return values
}

type State = [x: number, y: number, z: number]

const flow = ([x, y, z]: State): State => [sigma * (y - x), x * (rho - z) - y, x * y - beta * z]
const moved = (s: State, by: number, k: State): State => [s[0] + by * k[0], s[1] + by * k[1], s[2] + by * k[2]]

function stepped(state: State, h: number): State {
  const k1 = flow(state)
  const k2 = flow(moved(state, h / 2, k1))
  const k3 = flow(moved(state, h / 2, k2))
  const k4 = flow(moved(state, h, k3))
  return [0, 1, 2].map((at) => state[at]! + h / 6 * (k1[at]! + 2 * k2[at]! + 2 * k3[at]! + k4[at]!)) as State
}
