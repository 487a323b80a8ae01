import { UnrollError } from '@shared/errors'
import type { PreparedDataset } from '../../data/prepared-dataset'
import type { MatchRank } from '../../engine/inspect/match'
import { mostNumbers, type SignedUnit } from '../../engine/inspect/state-store'
import { topStates } from '../../engine/inspect/trace-tensors'
import type { ComputeClient } from '../compute/compute-client'
import { betweenSymbols, readerOf, type TrainedModel } from '../models/trained-model'
import { dataCorpus, lastAtOrBelow } from './data-corpus'
import type { Looked } from './looked-source'
import type { Analyses } from './states-analyses'
import type { OpenedTrace } from './trace-looks'

/** What `unroll inspect --match` looks for in the data: the units on over a stretch of what is read, or units that are named. */
export interface MatchChoice {
  pattern: { from: number; count: number } | readonly SignedUnit[]
  /** Null: h of the last layer, forward. */
  tensor: string | null
  threshold: number
  /** Of a stretch: only units that are off just before it, just after it; and whether those at or below −threshold count. */
  before: boolean
  after: boolean
  signs: 'positive' | 'both'
  rank: MatchRank
  /** Steps a place lasts at least, and places taken. */
  least: number
  top: number
}

/** A place of the data where the units are on; `sequence` is counted through all parts, null in a stream. */
export interface MatchedPlace { sequence: number | null; from: number; length: number; shared: number; union: number; before: string; read: string; after: string }

/** Steps of the data read at most, as on the screens; steps of a place that are told, and around it. */
const [mostRead, mostTold, around] = [2_000_000, 200, 20]

/**
 * Select and match (LSTMVis) without a screen: tensors `match.*`, and the places for the table.
 * @throws UnrollError `inspect.no-tensor`, `inspect.past-the-end`, `inspect.no-unit`, `inspect.nothing-on`
 */
export async function matchPlaces(client: ComputeClient, trace: string, model: TrainedModel, looked: Looked, opened: OpenedTrace, dataset: PreparedDataset, choice: MatchChoice, found: Analyses): Promise<MatchedPlace[]> {
  const network = { ...readerOf(model), output: 'every-step' as const }
  // Of pairs the encoder is what reads the data.
  const stack = model.experiment.task.output === 'sequence' ? 'encoder.' : ''
  const tensor = choice.tensor ?? `${stack}${topStates(network.model)[0]!}`
  const kept = opened.tensors.filter((each) => each.stack === stack && each.layer !== null)
  const spec = kept.find(({ name }) => name === tensor)
  if (!spec) throw new UnrollError('inspect.no-tensor', `This network has no "${tensor}" to match.`, { hint: `Give one of ${kept.map(({ name }) => name).join(', ')}.` })
  const units = await chosenUnits(client, trace, looked, { tensor, width: spec.width, steps: spec.steps }, choice)

  const store = 'matched'
  const data = dataCorpus(model, dataset, 'all', Math.min(mostRead, Math.floor(mostNumbers / spec.width)))
  await client.look('states', 'buildStore', { store, network, corpus: data.corpus, tensor: tensor.slice(stack.length) })
  const { threshold, rank, least, top } = choice
  const { matches, places, least: level } = await client.look('states', 'match', { store, pattern: { threshold, units }, rank, limit: top, least })
  await client.look('states', 'closeStore', { store })

  const { starts, steps } = data.corpus
  const told = (from: number, to: number) => data.labels(from, to).join(betweenSymbols(model))
  const listed = matches.map(({ from, to, shared, union }): MatchedPlace => {
    const sequence = lastAtOrBelow(starts, from)
    const [first, end] = [Math.max(starts[sequence]!, from - around), starts[sequence + 1] ?? steps]
    const place = data.place(from)
    return { sequence: place.sequence, from: place.step, length: to - from, shared, union, before: told(first, from), read: told(from, Math.min(to, from + mostTold)), after: told(to, Math.min(end, to + around)) }
  })
  found.tensors['match.units'] = { dtype: 'I32', shape: [units.length, 2], data: Int32Array.from(units.flatMap(({ unit, sign }) => [unit, sign])) }
  found.tensors['match.places'] = { dtype: 'I32', shape: [listed.length, 3], data: Int32Array.from(listed.flatMap(({ sequence, from, length }) => [sequence ?? -1, from, length])) }
  found.tensors['match.scores'] = { dtype: 'I32', shape: [listed.length, 2], data: Int32Array.from(listed.flatMap(({ shared, union }) => [shared, union])) }
  found.notes['match'] = JSON.stringify({ ...choice, tensor, steps, places, least: level, minimum: least })
  found.notes['match.read'] = JSON.stringify(listed.map(({ read }) => read))
  found.lines.push(...linesOf(units, tensor, threshold, { listed, places, level, steps }))
  return listed
}

async function chosenUnits(client: ComputeClient, trace: string, { warmUp, decoderLabels }: Looked, { tensor, width, steps }: { tensor: string; width: number; steps: number }, { pattern, threshold, before, after, signs }: MatchChoice): Promise<SignedUnit[]> {
  if (!('from' in pattern)) {
    const outside = pattern.find(({ unit }) => unit >= width)
    if (outside) throw new UnrollError('inspect.no-unit', `${tensor} has no unit ${outside.unit}.`, { hint: `Its units are 0 to ${width - 1}.` })
    return [...pattern]
  }
  const shift = decoderLabels === null ? warmUp : 0
  const [from, to] = [pattern.from, pattern.from + pattern.count]
  if (to > steps - shift) throw new UnrollError('inspect.past-the-end', `The stretch to match ends at step ${to}, but what is read has ${steps - shift}.`, { hint: '--match FROM:COUNT counts from 0 in what --input, --data or --record reads.' })
  const { units } = await client.look('states', 'selectUnits', { trace, tensor, from: from + shift, to: to + shift, threshold, before, after, signs })
  if (units.length > 0) return units.map(({ unit, sign }) => ({ unit, sign }))
  throw new UnrollError('inspect.nothing-on', `No unit of ${tensor} is on throughout steps ${from} to ${to - 1} at a threshold of ${threshold}.`, { hint: 'Lower --threshold, choose fewer steps, or take both signs by --signs both.' })
}

function linesOf(units: readonly SignedUnit[], tensor: string, threshold: number, { listed, places, level, steps }: { listed: readonly MatchedPlace[]; places: number; level: number; steps: number }): string[] {
  const named = units.slice(0, 20).map(({ unit, sign }) => `${sign < 0 ? '−' : ''}${unit}`).join(', ')
  const several = (count: number, word: string) => `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`
  return [
    `match: ${several(units.length, 'unit')} of ${tensor} on at ${threshold}: ${named}${units.length > 20 ? ', …' : ''}`,
    places === 0 ? `no place in ${several(steps, 'step')} of the data has half of them on` : `${several(places, 'place')} in ${several(steps, 'step')} of the data with at least ${level} of them; ${several(listed.length, 'place')} written`,
    ...listed.slice(0, 5).map(({ sequence, from, length, shared, union, read }) => `  ${sequence === null ? '' : `sequence ${sequence}, `}step ${from}, ${several(length, 'step')}: ${shared} of ${units.length}, ${union - units.length} others, ${JSON.stringify(read.length > 60 ? `${read.slice(0, 60)}…` : read)}`),
  ]
}

/** One row a place, best first. */
export function* placesTable(places: readonly MatchedPlace[], quoted: (text: string) => string): Generator<string> {
  yield 'rank,sequence,from,length,shared,union,before,read,after'
  for (const [index, { sequence, from, length, shared, union, before, read, after }] of places.entries()) {
    yield [index + 1, sequence ?? '', from, length, shared, union, ...[before, read, after].map(quoted)].join(',')
  }
}
