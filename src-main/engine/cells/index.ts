import type { ModelSpec } from '@shared/experiment/schema'
import type { Cell } from './cell'
import { gruCell } from './gru'
import { lstmCell } from './lstm'
import { rnnCell } from './rnn'

const cells: Record<ModelSpec['cell'], Cell> = { rnn: rnnCell, gru: gruCell, lstm: lstmCell }

export const cellOf = (model: Pick<ModelSpec, 'cell'>): Cell => cells[model.cell]
