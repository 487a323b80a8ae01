import type { LookedInputSpec, RunWeights, Trace, WhichLooked } from '@shared/rpc/inspect-schemas'
import type { Run } from '@shared/rpc/schemas'
import type { UnitMatches } from '../../stores/compare'
import { formatCount } from '../../ui/format'
import { firstPlace, placesOf } from './tensor-words'

/** How a sequence that is open in one run can be read by another. */
export type CommonInput =
  /** The same stretch of the same data. */
  | { readonly kind: 'same'; readonly input: LookedInputSpec }
  /** The data differ: both read it as a text of its own, from a zero state. */
  | { readonly kind: 'text'; readonly input: LookedInputSpec }
  | { readonly kind: 'none'; readonly why: string }

export function commonInput(run: Run, other: Run, input: LookedInputSpec, trace: Trace): CommonInput {
  if (run.id === other.id || run.datasetId === other.datasetId) return { kind: 'same', input }
  if (input.kind === 'text') return { kind: 'same', input }
  const texts = [run, other].every(({ experiment: { data } }) => data.kind === 'text')
  if (texts) return { kind: 'text', input: { kind: 'text', text: trace.timelines[0]!.labels.join('') } }
  return { kind: 'none', why: `“${other.name}” was trained on other data, and ${run.experiment.data.kind === 'text' ? 'it reads no text' : 'only texts can be taken from one to the other'}. Choose a run on the same dataset.` }
}

/** Why two traces of one sequence can't be set against each other; null when they can. */
export function unlike(first: Trace, second: Trace): string | null {
  const [a, b] = [first.timelines[0]!, second.timelines[0]!]
  if (first.timelines.length !== second.timelines.length) return 'One of the two has an encoder and a decoder, the other reads step by step.'
  if (a.steps !== b.steps) return `The other reads this sequence in ${formatCount(b.steps)} steps, this one in ${formatCount(a.steps)}: they cut it up differently.`
  const at = a.labels.findIndex((label, step) => label !== b.labels[step])
  return at < 0 ? null : `They read different things: at step ${formatCount(at)} “${a.labels[at]}” here and “${b.labels[at]}” there.`
}

/** What differs in what the two read and say, though the sequence is the same; null when nothing does. */
export function differences(first: Trace, second: Trace): string | null {
  const differ = (a: readonly string[], b: readonly string[]) => a.length !== b.length || a.some((name, at) => name !== b[at])
  const parts = [
    ...(differ(first.inputs, second.inputs) ? [first.reads === 'symbols' ? `vocabularies differ (${formatCount(first.inputs.length)} and ${formatCount(second.inputs.length)} symbols)` : `inputs differ (${first.inputs.slice(0, 4).join(', ')} and ${second.inputs.slice(0, 4).join(', ')})`] : []),
    ...(differ(first.outputs, second.outputs) ? ['outputs differ, so only states are set against each other'] : []),
  ]
  return parts.length > 0 ? `Their ${parts.join('; ')}.` : null
}

export interface WeightsChoice { readonly value: string; readonly label: string; readonly which: WhichLooked }

/** The weights of a run that can be looked at, those furthest from `shown` first among the checkpoints. */
export function weightsChoices({ live, best, last, checkpoints }: RunWeights): WeightsChoice[] {
  return [
    ...(live ? [{ value: 'newest', label: 'as it trains now', which: 'newest' as const }] : []),
    ...(best !== null ? [{ value: 'best', label: `best, step ${formatCount(best)}`, which: 'best' as const }] : []),
    ...(last !== null && last !== best ? [{ value: 'last', label: `last, step ${formatCount(last)}`, which: 'last' as const }] : []),
    ...checkpoints.map((step) => ({ value: `step ${step}`, label: `checkpoint, step ${formatCount(step)}`, which: { step } })),
  ]
}

/** The numbers of the second that go with a tensor of the first: of the same name, else the same letter of its last layer. */
export function partnerTensor(tensor: string, first: Trace, second: Trace): string {
  if (second.tensors.some(({ name }) => name === tensor)) return tensor
  const of = first.tensors.find(({ name }) => name === tensor)?.of ?? 'h'
  const place = firstPlace(placesOf(second))
  return second.tensors.find(({ name }) => place && name === `${place.stack}${of}${place.suffix}`)?.name ?? second.tensors.find((each) => each.of === 'h')!.name
}

/** Units of both in rows that stand beside each other: pairs first, then those that have no partner. */
export function pairedOrders(matches: UnitMatches, units: number, others: number, by: 'index' | 'strength'): { first: Uint32Array; second: Uint32Array } {
  const sorted = matches.toSorted((a, b) => by === 'index' ? a.unit - b.unit : Math.abs(b.r) - Math.abs(a.r))
  const rest = (count: number, taken: ReadonlySet<number>) => Array.from({ length: count }, (_, unit) => unit).filter((unit) => !taken.has(unit))
  return {
    first: Uint32Array.from([...sorted.map(({ unit }) => unit), ...rest(units, new Set(sorted.map(({ unit }) => unit)))]),
    second: Uint32Array.from([...sorted.map(({ other }) => other), ...rest(others, new Set(sorted.map(({ other }) => other)))]),
  }
}
