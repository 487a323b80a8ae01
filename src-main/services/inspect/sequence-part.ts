import { UnrollError } from '@shared/errors'
import type { AskedFeature } from '@shared/rpc/inspect-meaning-schemas'
import type { Corpus } from '../../engine/inspect/corpus'
import type { FeatureSpec } from '../../engine/inspect/features'
import { taggedBy } from './data-features'
import type { OpenTrace } from './inspect-service'
import { columnNames } from './looked-source'

/** What an open trace shows of its sequence, as a corpus of its own; of pairs the source, or the target as the decoder reads it. */
export interface SequencePart {
  corpus: Corpus
  symbols: readonly string[] | null
  /** Steps of the worker's trace before it. */
  from: number
  open: OpenTrace
  decoder: boolean
}

export function sequencePart(open: OpenTrace, decoder: boolean): SequencePart {
  const { model, looked: { input, warmUp, labels, decoderLabels } } = open
  const starts = Int32Array.of(0)
  if (decoder && input.decoder) return { corpus: { kind: 'tokens', x: input.decoder, steps: decoderLabels!.length, starts }, symbols: model.classes, from: 0, open, decoder }
  const width = input.kind === 'tokens' ? 1 : model.inputSize
  return {
    corpus: { kind: input.kind, x: input.x.subarray(warmUp * width, (warmUp + labels.length) * width), steps: labels.length, starts },
    symbols: model.symbols?.symbols ?? null, from: warmUp, open, decoder,
  }
}

/**
 * A feature over the steps of a sequence.
 * @throws UnrollError `inspect.no-column`, `inspect.no-labels`
 */
export function sequenceFeature({ corpus: { kind, x, steps }, symbols, from, decoder, open: { model, looked: { input: { targets }, decoderLabels } } }: SequencePart, asked: AskedFeature): FeatureSpec {
  const { inputs, outputs } = columnNames(model)
  // The targets of pairs are the decoder's.
  const own = decoder === (decoderLabels !== null) ? targets : undefined
  switch (asked.kind) {
    case 'tags': return taggedBy(asked, steps)
    case 'next': {
      if (kind === 'values') throw new UnrollError('inspect.no-labels', 'This sequence has no symbols.', { hint: 'Choose one of its columns.' })
      return { kind: 'classes', name: 'next symbol', ids: Int32Array.from({ length: steps }, (_, step) => (step + 1 < steps ? x[step + 1]! : -1)), names: symbols ?? [] }
    }
    case 'column': {
      const input = kind === 'values' ? inputs.indexOf(asked.name) : -1
      const target = own?.kind === 'values' ? outputs.indexOf(asked.name) : -1
      if (input < 0 && target < 0) throw new UnrollError('inspect.no-column', `This sequence has no column "${asked.name}".`, { hint: `It has ${[...(kind === 'values' ? inputs : []), ...(own?.kind === 'values' ? outputs : [])].join(', ') || 'none'}.` })
      const value = input >= 0 ? (step: number) => x[step * model.inputSize + input]! : (step: number) => (own as { values: Float32Array }).values[(step + from) * outputs.length + target]!
      return { kind: 'numbers', name: asked.name, values: Float32Array.from({ length: steps }, (_, step) => value(step)) }
    }
    case 'label': {
      if (own === undefined) throw new UnrollError('inspect.no-labels', 'This sequence has no labels.', { hint: 'Choose another property.' })
      if (own.kind === 'classes') return { kind: 'classes', name: 'label', ids: own.ids.slice(from, from + steps), names: outputs }
      return { kind: 'numbers', name: outputs[0] ?? 'target', values: Float32Array.from({ length: steps }, (_, step) => own.values[(step + from) * outputs.length]!) }
    }
    default: return asked
  }
}
