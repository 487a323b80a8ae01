import { Random } from '../../engine/random'

/** Keeps these draws apart from those of the other generators and of training under the same seed. */
const stream = 0x51e

/**
 * Mixtures of sines, every example with frequencies of its own, which the network has to find:
 *   x_t = Σ_k a_k sin(2π t / p_k + φ_k),   a_k uniform in [0.5, 1), φ_k in [0, 2π), ln p_k between those of the shortest and longest
 * Without noise 2K steps foretell all others: x obeys a linear recurrence of that order (Prony 1795).
 * @returns [count, length]
 */
export function sineMixtures({ components, shortest, longest }: { components: number; shortest: number; longest: number }, length: number, count: number, seed: number): Float64Array {
  const random = new Random(seed, stream)
  const values = new Float64Array(count * length)
  for (let example = 0; example < count; example++) {
    for (let k = 0; k < components; k++) {
      const amplitude = 0.5 + random.uniform() / 2
      const turn = 2 * Math.PI / (shortest * (longest / shortest) ** random.uniform())
      const phase = 2 * Math.PI * random.uniform()
      for (let step = 0; step < length; step++) values[example * length + step]! += amplitude * Math.sin(turn * step + phase)
    }
  }
  return values
}
