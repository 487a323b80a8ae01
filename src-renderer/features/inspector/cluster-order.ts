import type { States } from '@shared/rpc/schemas'

/** Steps that likeness is judged by: spread over the sequence, enough to tell units apart, few enough for a frame or two. */
const mostSteps = 128

/**
 * Units in an order in which those that act alike stand together: average-linkage clustering by 1 − r, r being Pearson's
 * correlation over the sequence, by chains of nearest neighbours; at each joining the two groups are turned so that the
 * most alike of their ends meet.
 * @returns [units], the unit of each row
 * @see Müllner 2011, "Modern hierarchical, agglomerative clustering algorithms"
 */
export function orderByLikeness(states: Pick<States, 'units' | 'steps' | 'hidden'>): Uint32Array {
  const { units } = states
  const likeness = correlations(states)
  const distance = likeness.map((r) => 1 - r)
  const sizes = new Uint32Array(units).fill(1)
  const groups: (number[] | null)[] = Array.from({ length: units }, (_, unit) => [unit])
  const chain: number[] = []
  for (let left = units; left > 1;) {
    if (chain.length === 0) chain.push(groups.findIndex((group) => group !== null))
    const last = chain.at(-1)!
    const before = chain.at(-2) ?? -1
    let nearest = before
    let least = before < 0 ? Infinity : distance[last * units + before]!
    for (let other = 0; other < units; other++) {
      if (other === last || groups[other] === null) continue
      const found = distance[last * units + other]!
      if (found < least) [least, nearest] = [found, other]
    }
    if (nearest !== before) {
      chain.push(nearest)
      continue
    }
    chain.length -= 2
    join(last, nearest)
    left--
  }
  return Uint32Array.from(groups.find((group) => group !== null) ?? [])

  function join(a: number, b: number): void {
    groups[a] = meeting(groups[a]!, groups[b]!, likeness, units)
    groups[b] = null
    const [first, second] = [sizes[a]!, sizes[b]!]
    for (let other = 0; other < units; other++) {
      if (groups[other] === null || other === a) continue
      const mean = (first * distance[a * units + other]! + second * distance[b * units + other]!) / (first + second)
      distance[a * units + other] = mean
      distance[other * units + a] = mean
    }
    sizes[a] = first + second
  }
}

/** Two rows of units as one, turned so that the most alike of their ends meet. */
function meeting(a: number[], b: number[], likeness: Float32Array, units: number): number[] {
  const like = (one: number, other: number) => likeness[one * units + other]!
  const [a0, a1, b0, b1] = [a[0]!, a.at(-1)!, b[0]!, b.at(-1)!]
  const ways = [
    { r: like(a1, b0), row: () => [...a, ...b] }, { r: like(a1, b1), row: () => [...a, ...b.toReversed()] },
    { r: like(a0, b0), row: () => [...a.toReversed(), ...b] }, { r: like(a0, b1), row: () => [...b, ...a] },
  ]
  return ways.reduce((best, way) => way.r > best.r ? way : best).row()
}

/** Pearson's r of every two units, [units, units]; 0 where a unit never moves. */
export function correlations({ units, steps, hidden }: Pick<States, 'units' | 'steps' | 'hidden'>): Float32Array {
  const count = Math.min(steps, mostSteps)
  const at = (sample: number) => Math.floor(sample * steps / count) * units
  const rows = Array.from({ length: units }, (_, unit) => {
    const row = Float32Array.from({ length: count }, (_, sample) => hidden[at(sample) + unit]!)
    const mean = row.reduce((sum, value) => sum + value, 0) / count
    for (let sample = 0; sample < count; sample++) row[sample]! -= mean
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
    if (norm > 1e-12) for (let sample = 0; sample < count; sample++) row[sample]! /= norm
    else row.fill(0)
    return row
  })
  const found = new Float32Array(units * units)
  const nothing = new Float32Array(count)
  for (let one = 0; one < units; one++) {
    const a = rows[one]!
    found[one * units + one] = 1
    // Four at a time: each number of `a` is read once for all of them.
    for (let other = one + 1; other < units; other += 4) {
      const [b0, b1, b2, b3] = [rows[other]!, rows[other + 1] ?? nothing, rows[other + 2] ?? nothing, rows[other + 3] ?? nothing]
      let [s0, s1, s2, s3] = [0, 0, 0, 0]
      for (let sample = 0; sample < count; sample++) {
        const value = a[sample]!
        s0 += value * b0[sample]!
        s1 += value * b1[sample]!
        s2 += value * b2[sample]!
        s3 += value * b3[sample]!
      }
      for (const [at, sum] of [s0, s1, s2, s3].entries()) {
        if (other + at >= units) break
        found[one * units + other + at] = sum
        found[(other + at) * units + one] = sum
      }
    }
  }
  return found
}
