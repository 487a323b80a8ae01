import { UnrollError } from '@shared/errors'
import type { Corpus } from '../../engine/inspect/corpus'
import { correlate, correlateValues } from '../../engine/inspect/correlation'
import { featureOf, fewClasses, type Feature, type FeatureSpec } from '../../engine/inspect/features'
import { gatherStates, type GatheredStates } from '../../engine/inspect/gathered-states'
import { probe } from '../../engine/inspect/probe'
import type { LookedNetwork } from '../../engine/inspect/looked-network'
import type { Work } from '../../engine/inspect/work'
import type { LookRoom } from './look-room'

export interface CorpusArguments { network: LookedNetwork; corpus: Corpus; symbols: readonly string[] | null; tensor: string }
/** An open trace's tensor from step `from` of its own on, and what is read at those steps. */
export interface SequenceArguments { trace: string; from: number; corpus: Corpus; symbols: readonly string[] | null; tensor: string }

/** Steps below which a held-out score says nothing. */
const fewestRows = 40

export const meaningLooks = {
  correlate: (room: LookRoom, { network, corpus, symbols, tensor, features }: CorpusArguments & { features: FeatureSpec[] }, work: Work) =>
    room.once((backend) => correlate(backend, network, corpus, tensor, features.map((spec) => fewClasses(featureOf(corpus, symbols, spec))), work)),

  async correlateTrace(room: LookRoom, { trace, from, corpus, symbols, tensor, features }: SequenceArguments & { features: FeatureSpec[] }, work: Work) {
    const session = room.traces.get(trace)
    const values = await session.read(tensor, from, from + corpus.steps, work)
    return correlateValues(values, session.spec(tensor).width, features.map((spec) => fewClasses(featureOf(corpus, symbols, spec))), work)
  },

  async probe(room: LookRoom, { network, corpus, symbols, tensor, feature, most }: CorpusArguments & { feature: FeatureSpec; most: number }, work: Work) {
    const wanted = readable(featureOf(corpus, symbols, feature))
    return probed(await room.once((backend) => gatherStates(backend, network, corpus, tensor, most, work, (step) => !Number.isNaN(wanted.values[step]!))), wanted, work)
  },

  async probeTrace(room: LookRoom, { trace, from, corpus, symbols, tensor, feature, most }: SequenceArguments & { feature: FeatureSpec; most: number }, work: Work) {
    const wanted = readable(featureOf(corpus, symbols, feature))
    const session = room.traces.get(trace)
    const { width } = session.spec(tensor)
    const values = await session.read(tensor, from, from + corpus.steps, work)
    const known = Int32Array.from(wanted.values.keys()).filter((step) => !Number.isNaN(wanted.values[step]!))
    const count = Math.min(most, known.length)
    const steps = Int32Array.from({ length: count }, (_, at) => known[Math.floor((at + 0.5) * known.length / count)]!)
    const states = new Float32Array(count * width)
    steps.forEach((step, row) => { states.set(values.subarray(step * width, (step + 1) * width), row * width) })
    return probed({ width, states, steps, sequences: new Int32Array(count) }, wanted, work)
  },

  async property(_room: LookRoom, { corpus, symbols, feature }: Pick<SequenceArguments, 'corpus' | 'symbols'> & { feature: FeatureSpec }) {
    return fewClasses(featureOf(corpus, symbols, feature))
  },
}

const probed = async (gathered: GatheredStates, wanted: Feature, work: Work) =>
  ({ name: wanted.name, kind: wanted.kind, classNames: wanted.kind === 'numeric' ? null : [...wanted.classes ?? ['no', 'yes']], ...await probe(gathered, wanted, work) })

/** @throws UnrollError `inspect.too-few`, `inspect.constant`: there is nothing to read out */
function readable(feature: Feature): Feature {
  const few = fewClasses(feature)
  let [rows, least, most] = [0, Infinity, -Infinity]
  for (const value of few.values) {
    if (Number.isNaN(value)) continue
    rows++
    if (value < least) least = value
    if (value > most) most = value
  }
  if (rows < fewestRows) throw new UnrollError('inspect.too-few', `A read-out needs at least ${fewestRows} steps at which “${few.name}” is known; there are ${rows}.`, { hint: 'Take a longer sequence, or the whole dataset.' })
  if (least === most) throw new UnrollError('inspect.constant', `“${few.name}” is the same at all ${rows.toLocaleString('en')} steps, so there is nothing to tell apart.`, { hint: 'Take another stretch, or the whole dataset.' })
  return few
}
