import { UnrollError } from '@shared/errors'
import { hiddenWidth } from '@shared/model/weights'
import type { AskedEdit } from '@shared/rpc/inspect-space-schemas'
import type { Edit } from '../../engine/inspect/edits'
import type { InspectHandlers, InspectService, OpenTrace } from './inspect-service'

type EditMethods = 'inspect.ablate' | 'inspect.sweep' | 'inspect.compare'

/** Ablation, edits by hand, and the same sequence in two networks. */
export function editHandlers(service: InspectService): Pick<InspectHandlers, EditMethods> {
  return {
    async 'inspect.ablate'({ trace: base, into, edits, task }) {
      const open = service.known(base)
      if (into === base) throw new UnrollError('inspect.edit', 'A trace can\'t take the place of the one it is made from.')
      if (into !== undefined) service.known(into)
      const asked = edits.map((edit) => asEdit(open, edit))
      const trace = into ?? service.newId('trace')
      const { x, ...opened } = await service.look('ablate', { base, trace, into: into !== undefined, edits: asked }, task)
      const labels = open.looked.labels.slice()
      for (const edit of edits) if (edit.kind === 'input' && edit.symbol !== null) labels[edit.step] = edit.symbol
      const changed: OpenTrace = { ...open, looked: { ...open.looked, labels, input: { ...open.looked.input, x } } }
      return service.opened(trace, changed, opened)
    },

    async 'inspect.sweep'({ trace, cell, task }) {
      const { model } = service.known(trace)
      const { hiddenSize } = model.experiment.model
      return service.look('sweep', { trace, cell, units: cell.startsWith('decoder.') ? hiddenWidth(model.experiment.model) : hiddenSize, classes: model.experiment.task.loss === 'cross-entropy' }, task)
    },

    async 'inspect.compare'({ first, second, tensor, other, from, to, task }) {
      const shift = service.offset(first, tensor)
      const theirs = other ?? tensor
      return service.look('compare', { first, second, tensor, other: theirs, from: from + shift, to: to === null ? Number.MAX_SAFE_INTEGER - shift : to + shift, shift: service.offset(second, theirs) - shift }, task)
    },
  }
}

function asEdit({ model, looked: { warmUp, labels } }: OpenTrace, edit: AskedEdit): Edit {
  if (edit.kind !== 'input') return edit
  const { step, symbol, values } = edit
  if (step >= labels.length) throw new UnrollError('inspect.edit', `There is no step ${step} to change; the sequence has ${labels.length}.`)
  return { kind: 'input', step: step + warmUp, token: symbol === null ? null : model.symbols?.encode(symbol)[0] ?? null, values }
}
