import type { Corpus } from '../../engine/inspect/corpus'
import { correlate } from '../../engine/inspect/correlation'
import { featureOf, type FeatureSpec } from '../../engine/inspect/features'
import { gatherStates } from '../../engine/inspect/gathered-states'
import { probe } from '../../engine/inspect/probe'
import type { LookedNetwork } from '../../engine/inspect/trace-session'
import type { Work } from '../../engine/inspect/work'
import type { LookRoom } from './look-room'

export interface CorpusArguments { network: LookedNetwork; corpus: Corpus; symbols: readonly string[] | null; tensor: string }

export const meaningLooks = {
  correlate: (room: LookRoom, { network, corpus, symbols, tensor, features }: CorpusArguments & { features: FeatureSpec[] }, work: Work) =>
    room.once((backend) => correlate(backend, network, corpus, tensor, features.map((spec) => featureOf(corpus, symbols, spec)), work)),

  async probe(room: LookRoom, { network, corpus, symbols, tensor, feature, most }: CorpusArguments & { feature: FeatureSpec; most: number }, work: Work) {
    const wanted = featureOf(corpus, symbols, feature)
    const gathered = await room.once((backend) => gatherStates(backend, network, corpus, tensor, most, work, (step) => !Number.isNaN(wanted.values[step]!)))
    return { name: wanted.name, kind: wanted.kind, ...await probe(gathered, wanted, work) }
  },
}
