// Select and match over 10⁶ stored steps: `node test/bench/run.mjs match`. Units are on in runs of some 8 steps, a tenth of the time.
import { findMatches } from '@main/engine/inspect/match'
import { StateStore, type SignedUnit } from '@main/engine/inspect/state-store'
import { createWork } from '@main/engine/inspect/work'
import { Random } from '@main/engine/random'

const [steps, units] = [1_000_000, 128]
const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!

function stored(): StateStore {
  const random = new Random(1)
  const codes = new Int8Array(steps * units)
  for (let unit = 0; unit < units; unit++) {
    let value = 0
    for (let step = 0; step < steps; step++) {
      if (random.next() < 2 ** 29) value = random.next() < 2 ** 32 / 10 ? 30 + random.below(70) : random.below(30) - 15
      codes[unit * steps + step] = value
    }
  }
  return new StateStore(steps, units, Int32Array.of(0), codes, true)
}

export default async function* measure() {
  const store = stored()
  for (const size of [2, 5, 10, 20, 40]) {
    const pattern = { threshold: 0.3, units: Array.from({ length: size }, (_, index): SignedUnit => ({ unit: index * 3, sign: 1 })) }
    const timed = async () => {
      const from = performance.now()
      const { places, least } = await findMatches(store, pattern, createWork())
      return { ms: performance.now() - from, places, least }
    }
    const first = await timed()
    const again: number[] = []
    for (let time = 0; time < 15; time++) again.push((await timed()).ms)
    yield { steps, units: size, firstMs: first.ms, ms: median(again), places: first.places, least: first.least }
  }
}
