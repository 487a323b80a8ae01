import { UnrollError } from '@shared/errors'
import type { ModelSpec } from '@shared/experiment/schema'
import type { Cell } from './cell'
import { rnnCell } from './rnn'

const cells: Partial<Record<ModelSpec['cell'], Cell>> = { rnn: rnnCell }

/** @throws UnrollError `experiment.unsupported` for a cell that this build doesn't have */
export function cellOf(model: ModelSpec): Cell {
  const cell = cells[model.cell]
  if (cell) return cell
  throw new UnrollError('experiment.unsupported', `The cell "${model.cell}" isn't built yet; this version has ${Object.keys(cells).join(', ')}.`, {
    hint: 'Set model.cell to rnn.',
  })
}
