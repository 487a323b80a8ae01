import { Random } from '../../engine/random'

/** Keeps these draws apart from those of the other generators and of training under the same seed. */
const stream = 0x36
const [beta, gamma, power] = [0.2, 0.1, 10]
const longestStep = 0.1
/** Time units after which the start is forgotten. */
const transient = 1000

/**
 * The Mackey–Glass equation, a model of the density of white blood cells, chaotic for τ above 16.8:
 *   dx/dt = β x(t − τ) / (1 + x(t − τ)^n) − γ x(t),   β = 0.2, γ = 0.1, n = 10
 * Runge–Kutta of fourth order in steps of at most 0.1; x between two steps of the past by cubic Hermite interpolation. One
 * trajectory from a constant history drawn from the seed, its first 1,000 time units left out.
 * @param delay τ   @param interval time between two values
 * @returns `count` values
 * @see Mackey & Glass 1977; τ = 17 as a benchmark: Farmer 1982, Crowder 1990
 */
export function mackeyGlass({ delay, interval }: { delay: number; interval: number }, count: number, seed: number): Float64Array {
  const substeps = Math.max(1, Math.ceil(interval / Math.min(longestStep, delay / 2)))
  const h = interval / substeps
  // A ring that holds the past τ and a little more: x and dx/dt at each step.
  const size = Math.ceil(delay / h) + 3
  const start = 0.6 + 0.8 * new Random(seed, stream).uniform()
  const [x, slope] = [new Float64Array(size).fill(start), new Float64Array(size)]
  const flow = (now: number, before: number) => beta * before / (1 + before ** power) - gamma * now

  /** x at `steps` steps of h (a real number) before the first, from the ring. */
  const at = (time: number) => {
    const whole = Math.floor(time)
    const part = time - whole
    const [i, j] = [((whole % size) + size) % size, (((whole + 1) % size) + size) % size]
    return hermite(part, x[i]!, h * slope[i]!, x[j]!, h * slope[j]!)
  }
  const values = new Float64Array(count)
  const skipped = Math.ceil(transient / interval)
  const lag = delay / h
  let step = 0
  for (let index = -skipped; index < count; index++) {
    if (index >= 0) values[index] = x[step % size]!
    for (let sub = 0; sub < substeps; sub++) {
      const now = x[step % size]!
      const [first, middle, last] = [at(step - lag), at(step + 0.5 - lag), at(step + 1 - lag)]
      slope[step % size] = flow(now, first)
      const k1 = slope[step % size]!
      const k2 = flow(now + h / 2 * k1, middle)
      const k3 = flow(now + h / 2 * k2, middle)
      const k4 = flow(now + h * k3, last)
      step++
      x[step % size] = now + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
      slope[step % size] = flow(x[step % size]!, last)
    }
  }
  return values
}

/** The cubic with values a, b and slopes p, q at 0 and 1. */
const hermite = (t: number, a: number, p: number, b: number, q: number): number =>
  ((2 * t - 3) * t * t + 1) * a + ((t - 2) * t + 1) * t * p + (3 - 2 * t) * t * t * b + (t - 1) * t * t * q
