/**
 * Seeded random numbers whose state can be kept and restored, so that a resumed run draws what it would have drawn.
 *
 * xoshiro128** 1.1, seeded through splitmix32-style mixing so that neighbouring seeds give unrelated streams.
 * @see Blackman & Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021); prng.di.unimi.it (public domain)
 */
export class Random {
  private readonly state: Uint32Array

  /**
   * @param seed   any integer
   * @param stream several independent generators of one seed: weights, shuffling, sampling
   */
  constructor(seed: number, stream = 0) {
    let mixed = (Math.imul(seed | 0, 0x9e3779b9) ^ Math.imul((stream | 0) + 1, 0x85ebca6b)) | 0
    this.state = Uint32Array.from({ length: 4 }, () => {
      // splitmix32: Murmur3's finaliser over a Weyl sequence; never four zeros, since its steps are bijective.
      mixed = (mixed + 0x9e3779b9) | 0
      let word = mixed
      word = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
      word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
      return (word ^ (word >>> 16)) >>> 0
    })
  }

  /** The generator's state, four 32-bit words; `Random.restore` goes on from it. */
  save(): number[] {
    return [...this.state]
  }

  static restore(state: readonly number[]): Random {
    const random = new Random(0)
    random.state.set(state.slice(0, 4))
    return random
  }

  /** Uniform over 0 … 2³² − 1. */
  next(): number {
    const s = this.state
    const result = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0
    const carried = s[1]! << 9
    s[2]! ^= s[0]!
    s[3]! ^= s[1]!
    s[1]! ^= s[2]!
    s[0]! ^= s[3]!
    s[2]! ^= carried
    s[3] = rotateLeft(s[3]!, 11)
    return result
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    return ((this.next() >>> 5) * 2 ** 26 + (this.next() >>> 6)) / 2 ** 53
  }

  /** Uniform over 0 … count − 1, without modulo bias. */
  below(count: number): number {
    const limit = 2 ** 32 - (2 ** 32 % count)
    let word = this.next()
    while (word >= limit) word = this.next()
    return word % count
  }

  /** Standard normal (Box & Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform())
  }

  /** 0 … count − 1 in random order (Fisher–Yates). */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, index) => index)
    for (let last = count - 1; last > 0; last--) {
      const other = this.below(last + 1)
      const kept = order[last]!
      order[last] = order[other]!
      order[other] = kept
    }
    return order
  }
}

const rotateLeft = (word: number, by: number): number => ((word << by) | (word >>> (32 - by))) >>> 0
