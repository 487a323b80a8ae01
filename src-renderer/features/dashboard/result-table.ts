import type { Run } from '@shared/rpc/schemas'
import { formatFigure, formatShare, formatValue } from '../../ui/format'
import { lossUnit } from './run-words'

export interface ResultRow {
  name: string
  /** What a baseline does. */
  description: string
  network: boolean
  figures: Readonly<Record<string, number | undefined>>
}

export interface Measure { id: string; label: string; format: (value: number) => string }

const share = (value: number) => formatShare(value, 2)

/** Every figure a part can have, in the order they are read in. */
function measures({ experiment, unit }: Run): Measure[] {
  const own = unit ? `, ${unit}` : ''
  return [
    { id: 'loss', label: `Loss, ${lossUnit(experiment)}`, format: formatFigure },
    { id: 'bits', label: 'Bits a symbol', format: formatFigure },
    { id: 'perplexity', label: 'Perplexity', format: formatFigure },
    { id: 'accuracy', label: 'Accuracy', format: share },
    { id: 'balancedAccuracy', label: 'Balanced accuracy', format: share },
    { id: 'f1', label: 'F1', format: formatFigure },
    { id: 'error', label: `MAE${own}`, format: formatValue },
    { id: 'rmse', label: `RMSE${own}`, format: formatValue },
    { id: 'mase', label: 'MASE', format: formatFigure },
    { id: 'smape', label: 'sMAPE, %', format: formatFigure },
    { id: 'exactMatch', label: 'Exact match', format: share },
    { id: 'editDistance', label: 'Edit distance', format: formatFigure },
    { id: 'errorRate', label: 'Symbol error rate', format: share },
    { id: 'legalSteps', label: 'Legal steps', format: share },
    { id: 'legalStrings', label: 'Legal strings', format: share },
  ]
}

/** The network's figures on each part, and those of the baselines, which are measured on the validation part. */
export function resultTable(run: Run): { rows: ResultRow[]; measures: Measure[] } {
  const network = (run.figures ?? []).map(({ part, loss, scores }): ResultRow =>
    ({ name: `Network, ${part}`, description: `The best weights on the ${part} part`, network: true, figures: { ...scores, loss } }))
  const baselines = run.baselines.map(({ name, description, ...figures }): ResultRow => ({ name, description, network: false, figures }))
  const rows = [...network, ...baselines]
  const known = measures(run)
  const others = new Set(network.flatMap(({ figures }) => Object.keys(figures)).filter((id) => !known.some((measure) => measure.id === id)))
  const all = [...known, ...[...others].map((id) => ({ id, label: id, format: formatFigure }))]
  return { rows, measures: all.filter(({ id }) => rows.some(({ figures }) => figures[id] !== undefined)) }
}
