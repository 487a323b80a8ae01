import type { WhichLooked } from '@shared/rpc/inspect-schemas'
import { topStates } from '../../engine/inspect/trace-tensors'
import { readerOf } from '../models/trained-model'
import { dataCorpus, type CorpusPart } from './data-corpus'
import { dataFeature } from './data-features'
import type { InspectHandlers, InspectService } from './inspect-service'
import { sequenceFeature, sequencePart } from './sequence-part'

type MeaningMethods = 'inspect.correlate' | 'inspect.probe' | 'inspect.property'

/** A part of a run's data, as looks read it. */
export async function readPart(service: InspectService, { id, weights, tensor, part }: { id: string; weights: WhichLooked; tensor?: string | undefined; part: CorpusPart }, most: number) {
  const [model, dataset] = await Promise.all([service.model(id, weights), service.dataset(id)])
  const data = dataCorpus(model, dataset, part, most)
  const network = { ...readerOf(model), output: 'every-step' as const }
  // Of pairs the encoder is what reads the data.
  const own = tensor?.replace(/^encoder\./, '') ?? topStates(network.model)[0]!
  const shown = tensor ?? (model.experiment.task.output === 'sequence' ? `encoder.${own}` : own)
  return { model, dataset, data, shown, look: { network, corpus: data.corpus, symbols: model.symbols?.symbols ?? null, tensor: own } }
}

/** What units mean: correlations and probes over the data. */
export function meaningHandlers(service: InspectService): Pick<InspectHandlers, MeaningMethods> {
  return {
    async 'inspect.correlate'({ features, most, task, trace, ...rest }) {
      if (trace !== undefined) {
        const { open, part, look } = ofTrace(service, trace, rest.tensor)
        const { counts, ...found } = await service.look('correlateTrace', { ...look, features: features.map((asked) => sequenceFeature(part, asked)) }, task)
        return { tensor: look.tensor, step: open.model.step, counts: [...counts], ...found }
      }
      const { model, dataset, data, shown, look } = await readPart(service, rest, most)
      const { counts, ...found } = await service.look('correlate', { ...look, features: features.map((asked) => dataFeature(model, dataset, data, asked)) }, task)
      return { tensor: shown, step: model.step, counts: [...counts], ...found }
    },
    async 'inspect.probe'({ feature, most, read, task, trace, ...rest }) {
      if (trace !== undefined) {
        const { open, part, look } = ofTrace(service, trace, rest.tensor)
        return { tensor: look.tensor, step: open.model.step, ...await service.look('probeTrace', { ...look, feature: sequenceFeature(part, feature), most }, task) }
      }
      const { model, dataset, data, shown, look } = await readPart(service, rest, read)
      return { tensor: shown, step: model.step, ...await service.look('probe', { ...look, feature: dataFeature(model, dataset, data, feature), most }, task) }
    },
    async 'inspect.property'({ trace, stack, feature }) {
      const part = sequencePart(service.known(trace), stack === 'decoder.')
      const { classes, ...found } = await service.look('property', { corpus: part.corpus, symbols: part.symbols, feature: sequenceFeature(part, feature) })
      return { ...found, classes: classes === null ? null : [...classes] }
    },
  }
}

/** The sequence of an open trace; default: h of the last layer. */
function ofTrace(service: InspectService, trace: string, tensor: string | undefined) {
  const open = service.known(trace)
  const { model } = open
  const name = tensor ?? topStates(model.experiment.model, model.experiment.task.output === 'sequence' ? 'decoder.' : '')[0]!
  const part = sequencePart(open, name.startsWith('decoder.'))
  return { open, part, look: { trace, tensor: name, from: part.from, corpus: part.corpus, symbols: part.symbols } }
}
