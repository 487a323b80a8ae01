import type { Experiment } from '@shared/experiment/schema'
import type { Baseline } from '@shared/metrics'
import type { PartFigures } from '@shared/rpc/schemas'
import { bitsOf, perplexity } from '../../engine/metrics/information'
import { predictsSymbols } from '../../services/figures/evaluate-parts'
import { figure } from './words'

interface Row { name: string; loss: number; scores: Record<string, unknown> }

interface Column { title: string; value(row: Row): unknown }

/** Confusion matrices of more classes than this are for --json. */
const mostPrinted = 20

/** The network's figures beside the baselines', by their loss, best first; what a row doesn't have is left empty. */
export function figuresTable({ name, experiment, figures, baselines }: { name: string; experiment: Experiment; figures: readonly PartFigures[]; baselines: readonly Baseline[] }): string {
  // Baselines are measured on the validation part, or where that is empty on the training part.
  const measuredOn = experiment.data.validation > 0 ? 'validation' : 'training'
  const rows: Row[] = [
    ...figures.map(({ part, loss, scores }) => ({ name: `${name} (${part})`, loss, scores })),
    ...baselines.map(({ name: baseline, loss, ...scores }) => ({ name: `${baseline} (${measuredOn})`, loss, scores })),
  ].sort((a, b) => a.loss - b.loss)
  const columns = columnsOf(experiment).filter(({ value }) => rows.some((row) => value(row) !== undefined))
  return laidOut([['', ...columns.map(({ title }) => title)], ...rows.map((row) => [row.name, ...columns.map(({ value }) => shown(value(row)))])])
}

/** Rows: what it was; columns: what it was taken for. Empty for more classes than a terminal shows. */
export function confusionTable(part: string, { labels, counts }: NonNullable<PartFigures['confusion']>): string {
  if (labels.length > mostPrinted) return ''
  return `\nWhat it was (rows) and what it was taken for (columns), ${part}:\n${laidOut([['', ...labels], ...counts.map((row, at) => [labels[at]!, ...row.map(String)])])}`
}

function columnsOf(experiment: Experiment): Column[] {
  const { data, task } = experiment
  const score = (key: string, title: string): Column => ({ title, value: ({ scores }) => scores[key] })
  const symbols = predictsSymbols(experiment)
  return [
    { title: task.loss === 'cross-entropy' ? 'nats' : task.loss, value: ({ loss }) => loss },
    ...symbols ? [
      { title: data.kind === 'text' ? `bits/${data.unit}` : 'bits', value: ({ loss }: Row) => bitsOf(loss) },
      { title: 'perplexity', value: ({ loss }: Row) => perplexity(loss) },
    ] : [],
    score('accuracy', 'accuracy'), score('balancedAccuracy', 'balanced'), score('f1', 'F1'),
    score('legalSteps', 'legal steps'), score('legalStrings', 'legal strings'),
    score('exactMatch', 'exact match'), score('editDistance', 'edits'), score('errorRate', 'error rate'),
    score('error', 'MAE'), score('rmse', 'RMSE'), score('mase', 'MASE'), score('smape', 'sMAPE %'),
  ]
}

const shown = (value: unknown): string => typeof value === 'number' ? figure(value) : ''

/** The first column to the left, the others to the right. */
export function laidOut(lines: readonly string[][]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  return lines.map((line) => `  ${line.map((cell, column) => column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]! + 2)).join('').trimEnd()}\n`).join('')
}
