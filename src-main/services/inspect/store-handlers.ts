import { lastAtOrBelow, type DataCorpus } from './data-corpus'
import type { InspectHandlers, InspectService } from './inspect-service'
import { readPart } from './meaning-handlers'
import { Patterns } from './patterns'

type StoreMethods = 'inspect.store' | 'inspect.closeStore' | 'inspect.select' | 'inspect.match' | 'inspect.patterns' | 'inspect.savePattern' | 'inspect.notePattern' | 'inspect.removePattern'

/** Stores this side remembers the data of. */
const mostRemembered = 4

/** Select and match: which units are on over a stretch, and where else in the data they are. */
export function storeHandlers(service: InspectService): Pick<InspectHandlers, StoreMethods> {
  const corpora = new Map<string, DataCorpus>()
  const patterns = (id: string) => new Patterns(service.folder(id))
  return {
    async 'inspect.store'({ id, weights, tensor, part, most, task }) {
      const { model, data, shown, look: { network, corpus, tensor: own } } = await readPart(service, { id, weights, tensor, part }, most)
      const store = service.newId('store')
      const built = await service.look('buildStore', { store, network, corpus, tensor: own }, task)
      corpora.set(store, data)
      for (const oldest of [...corpora.keys()].slice(0, Math.max(0, corpora.size - mostRemembered))) corpora.delete(oldest)
      return { store, runId: id, tensor: shown, step: model.step, sequences: data.corpus.starts.length, ...built }
    },

    async 'inspect.closeStore'({ store }) {
      corpora.delete(store)
      await service.look('closeStore', { store })
      return null
    },

    async 'inspect.select'({ trace, tensor, from, to, ...rest }) {
      const before = service.offset(trace, tensor)
      return service.look('selectUnits', { trace, tensor, from: from + before, to: Math.max(from + 1, to) + before, ...rest })
    },

    async 'inspect.match'({ store, pattern, rank, least, limit, context, task }) {
      const { matches, ...found } = await service.look('match', { store, pattern, rank, least, limit }, task)
      const data = corpora.get(store)
      const { starts, steps } = data?.corpus ?? { starts: new Int32Array(1), steps: 0 }
      return {
        ...found,
        matches: matches.map(({ from, to, shared, union }) => {
          const sequence = lastAtOrBelow(starts, from)
          const [first, last] = [Math.max(starts[sequence]!, from - context), Math.min(starts[sequence + 1] ?? steps, to + context)]
          const place = data?.place(from) ?? { sequence: null, step: from }
          return { sequence: place.sequence, from: place.step, length: to - from, shared, union, labels: data?.labels(first, last) ?? [], at: from - first }
        }),
      }
    },

    'inspect.patterns': ({ id }) => patterns(id).list(),
    'inspect.savePattern': ({ id, pattern }) => patterns(id).save(pattern),
    'inspect.notePattern': ({ id, pattern, note }) => patterns(id).update(pattern, note),
    async 'inspect.removePattern'({ id, pattern }) {
      await patterns(id).remove(pattern)
      return null
    },
  }
}
