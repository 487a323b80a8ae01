import { correlationMatrix } from './correlation'
import type { Work } from './work'

/** Steps that an order looks at; more of them don't change it for the eye. */
const mostSteps = 1500

/**
 * Units in an order that puts like beside like: average-linkage clustering of the distance 1 − |r| by chains of nearest
 * neighbours, the two halves of each cluster turned so that their nearest ends meet.
 * @param values [steps, width]
 * @throws UnrollError `inspect.cancelled`
 * @see Murtagh 1983 for the chains; Eisen et al. 1998 for heatmaps ordered so
 */
export async function clusterOrder(values: Float32Array, width: number, work: Work): Promise<Int32Array> {
  const thinned = thin(values, width)
  const distance = (await correlationMatrix(thinned, width, thinned, width, work)).map((r) => 1 - Math.abs(r))
  const own = distance.slice()
  let active = Array.from({ length: width }, (_, at) => at)
  const members = active.map((unit) => [unit])
  const chain: number[] = []
  while (active.length > 1) {
    if (chain.length === 0) chain.push(active[0]!)
    for (;;) {
      const top = chain.at(-1)!
      const before = chain.at(-2)
      let nearest = before ?? active.find((each) => each !== top)!
      for (const each of active) if (each !== top && own[top * width + each]! < own[top * width + nearest]!) nearest = each
      if (nearest === before) break
      chain.push(nearest)
    }
    const [b, a] = [chain.pop()!, chain.pop()!]
    const [sizeA, sizeB] = [members[a]!.length, members[b]!.length]
    // Lance & Williams: the mean distance of all pairs.
    for (const each of active) {
      if (each === a || each === b) continue
      const mean = (sizeA * own[a * width + each]! + sizeB * own[b * width + each]!) / (sizeA + sizeB)
      own[a * width + each] = mean
      own[each * width + a] = mean
    }
    members[a] = joined(members[a]!, members[b]!, distance, width)
    active = active.filter((each) => each !== b)
  }
  return Int32Array.from(active.length === 0 ? [] : members[active[0]!]!)
}

/** Both lists in one, each turned or not, so that the ends that meet are nearest. */
function joined(a: number[], b: number[], distance: Float32Array, width: number): number[] {
  const between = (x: number, y: number) => distance[x * width + y]!
  const ends = [
    { gap: between(a.at(-1)!, b[0]!), make: () => [...a, ...b] }, { gap: between(a.at(-1)!, b.at(-1)!), make: () => [...a, ...b.toReversed()] },
    { gap: between(a[0]!, b[0]!), make: () => [...a.toReversed(), ...b] }, { gap: between(a[0]!, b.at(-1)!), make: () => [...b, ...a] },
  ]
  return ends.reduce((best, each) => (each.gap < best.gap ? each : best)).make()
}

/** Units by how much they vary, most first. */
export function varianceOrder(values: Float32Array, width: number): Int32Array {
  const steps = values.length / width
  const [sums, squares] = [new Float64Array(width), new Float64Array(width)]
  values.forEach((value, at) => {
    sums[at % width]! += value
    squares[at % width]! += value * value
  })
  const spread = sums.map((sum, unit) => squares[unit]! / steps - (sum / steps) ** 2)
  return Int32Array.from({ length: width }, (_, unit) => unit).sort((a, b) => spread[b]! - spread[a]! || a - b)
}

function thin(values: Float32Array, width: number): Float32Array {
  const steps = values.length / width
  if (steps <= mostSteps) return values
  const thinned = new Float32Array(mostSteps * width)
  for (let step = 0; step < mostSteps; step++) {
    const from = Math.floor((step + 0.5) * steps / mostSteps) * width
    thinned.set(values.subarray(from, from + width), step * width)
  }
  return thinned
}
