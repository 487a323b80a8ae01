import type { Corpus } from '../../engine/inspect/corpus'
import { findMatches, unitsOn, type MatchRank, type Pattern } from '../../engine/inspect/match'
import { buildStore, isBounded } from '../../engine/inspect/state-store'
import type { LookedNetwork } from '../../engine/inspect/looked-network'
import type { Work } from '../../engine/inspect/work'
import type { LookRoom } from './look-room'

export interface SelectArguments {
  trace: string
  tensor: string
  /** Steps of the session, warm-up included. */
  from: number
  to: number
  threshold: number
  before: boolean
  after: boolean
  signs: 'positive' | 'both'
}

export const storeLooks = {
  /** Keeps one tensor over a corpus, for matching. */
  async buildStore(room: LookRoom, { store, network, corpus, tensor }: { store: string; network: LookedNetwork; corpus: Corpus; tensor: string }, work: Work) {
    const built = await room.once((backend) => buildStore(backend, network, corpus, tensor, work))
    await room.stores.add(store, built, async () => undefined)
    return { steps: built.steps, units: built.units, bytes: built.codes.byteLength }
  },

  async closeStore(room: LookRoom, { store }: { store: string }): Promise<void> {
    await room.stores.remove(store)
  },

  /** Units of an open trace that are on throughout a stretch, with their mean there. */
  async selectUnits(room: LookRoom, { trace, tensor, from, to, threshold, before, after, signs }: SelectArguments, work: Work) {
    const session = room.traces.get(trace)
    const spec = session.spec(tensor)
    const first = Math.max(0, from - 1)
    const values = await session.read(tensor, first, to + 1, work)
    const units = unitsOn(values, spec.width, from - first, Math.min(to - first, values.length / spec.width), threshold, { before, after, signs })
    const mean = (unit: number) => {
      let sum = 0
      for (let step = from - first; step < to - first; step++) sum += values[step * spec.width + unit]!
      return sum / (to - from)
    }
    return { units: units.map((each) => ({ ...each, mean: mean(each.unit) })), bounded: isBounded(spec, session.network) }
  },

  async match(room: LookRoom, { store, pattern, rank, limit, least }: { store: string; pattern: Pattern; rank: MatchRank; limit: number; least: number }, work: Work) {
    const kept = room.stores.get(store)
    const started = performance.now()
    const found = await findMatches(kept, pattern, work, { rank, limit, least })
    return { ...found, ms: performance.now() - started }
  },
}
