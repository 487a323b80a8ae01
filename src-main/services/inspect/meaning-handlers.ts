import type { WhichLooked } from '@shared/rpc/inspect-schemas'
import { topStates } from '../../engine/inspect/trace-tensors'
import { readerOf } from '../models/trained-model'
import { dataCorpus, type CorpusPart } from './data-corpus'
import { dataFeature } from './data-features'
import type { InspectHandlers, InspectService } from './inspect-service'

type MeaningMethods = 'inspect.correlate' | 'inspect.probe'

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
    async 'inspect.correlate'({ features, most, task, ...rest }) {
      const { model, dataset, data, shown, look } = await readPart(service, rest, most)
      const { counts, ...found } = await service.look('correlate', { ...look, features: features.map((asked) => dataFeature(model, dataset, data, asked)) }, task)
      return { tensor: shown, step: model.step, counts: [...counts], ...found }
    },
    async 'inspect.probe'({ feature, most, read, task, ...rest }) {
      const { model, dataset, data, shown, look } = await readPart(service, rest, read)
      return { tensor: shown, step: model.step, ...await service.look('probe', { ...look, feature: dataFeature(model, dataset, data, feature), most }, task) }
    },
  }
}
