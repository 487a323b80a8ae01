import { sequenceSteps } from '@shared/experiment/plan'
import type { Experiment } from '@shared/experiment/schema'
import type { Metric } from '@shared/metrics'
import { type MetricBlock, splits } from '@shared/rpc/metric-block'
import { GrowingColumn } from './growing-column'
import { ValueColumn } from './value-column'

export const metricKeys = ['loss', 'accuracy', 'error', 'gradNorm', 'learningRate', 'tokensPerSecond', 'stepsPerSecond'] as const
export type MetricKey = (typeof metricKeys)[number]
export type Split = Metric['split']

/** What a chart's x axis can count. Time is training time: a pause does not stretch it. */
export type AxisKind = 'step' | 'epoch' | 'time' | 'tokens'

/** A rising column and the factor that turns it into the axis' unit. */
export interface XSource {
  readonly column: GrowingColumn
  readonly scale: number
}

/** What x and y of one curve are; neither is ever copied. */
export interface CurveSource {
  readonly x: XSource
  readonly y: ValueColumn
}

type BlockColumn = MetricBlock['columns'][number]
interface BlockColumns {
  step: BlockColumn
  elapsedMs: BlockColumn | undefined
  quantities: [MetricKey, BlockColumn | undefined][]
}

function blockColumns({ columns }: MetricBlock): BlockColumns {
  const of = (quantity: string) => columns.find((column) => column.quantity === quantity)
  return { step: of('step')!, elapsedMs: of('elapsedMs'), quantities: metricKeys.map((key) => [key, of(key)]) }
}

/** All measurements of one run and one split, a column a quantity. */
export class MetricSeries {
  readonly step = new GrowingColumn()
  readonly elapsedMs = new GrowingColumn()
  readonly #values = new Map<MetricKey, ValueColumn>()

  get length(): number {
    return this.step.length
  }

  /** Appends one measurement. One of an earlier step than the last rewinds first: the run went on from a checkpoint. */
  append(metric: Metric): void {
    if (this.length > 0 && metric.step <= this.step.at(this.length - 1)) this.truncate(this.step.lowerBound(metric.step))
    this.step.push(metric.step)
    this.elapsedMs.push(metric.elapsedMs ?? (this.elapsedMs.length > 0 ? this.elapsedMs.at(this.elapsedMs.length - 1) : 0))
    for (const key of metricKeys) {
      const value = metric[key]
      if (value !== undefined || this.#values.has(key)) this.#column(key, this.length - 1).push(value)
    }
  }

  /** The same for row `row` of a block. */
  appendRow({ step, elapsedMs, quantities }: BlockColumns, row: number): void {
    const at = step.values[row]!
    if (this.length > 0 && at <= this.step.at(this.length - 1)) this.truncate(this.step.lowerBound(at))
    this.step.push(at)
    this.elapsedMs.push(elapsedMs?.has[row] === 1 ? elapsedMs.values[row]! : this.elapsedMs.length > 0 ? this.elapsedMs.at(this.elapsedMs.length - 1) : 0)
    for (const [key, column] of quantities) {
      const known = column?.has[row] === 1
      if (known || this.#values.has(key)) this.#column(key, this.length - 1).push(known ? column.values[row]! : undefined)
    }
  }

  truncate(length: number): void {
    this.step.truncate(length)
    this.elapsedMs.truncate(length)
    for (const column of this.#values.values()) column.truncate(length)
  }

  has(key: MetricKey): boolean {
    return this.#values.has(key)
  }

  value(key: MetricKey): ValueColumn {
    return this.#column(key, this.length)
  }

  /** The last finite value of a quantity; null when there is none yet. */
  latest(key: MetricKey): number | null {
    const column = this.#values.get(key)
    const row = column?.lastFinite(0, column.length) ?? -1
    return column && row >= 0 ? column.at(row) : null
  }

  #column(key: MetricKey, rows: number): ValueColumn {
    let column = this.#values.get(key)
    if (!column) {
      column = new ValueColumn()
      for (let row = 0; row < rows; row++) column.push(undefined)
      this.#values.set(key, column)
    }
    return column
  }
}

/** Everything measured in one run. */
export class MetricBuffer {
  readonly train = new MetricSeries()
  readonly validation = new MetricSeries()
  readonly test = new MetricSeries()
  /** Lines of metrics.jsonl held. */
  lines = 0
  /** Grows whenever the run went back to a checkpoint: what was asked for before is no longer so. */
  rewinds = 0

  constructor(readonly stepsPerEpoch: number, readonly tokensPerStep: number) {}

  /**
   * Takes newly measured lines `from`, `from + 1`, … of metrics.jsonl. Where `from` is held already, the run went on
   * from a checkpoint: everything measured after that point is replaced.
   * @returns false when lines are missing in between: ask for them from `lines` on
   */
  take(from: number, metrics: readonly Metric[]): boolean {
    if (from > this.lines) return false
    const first = metrics[0]
    if (!first) return true
    if (from < this.lines) {
      this.rewinds++
      for (const split of splits) {
        const kept = split === first.split ? first.step : first.step + 1
        this[split].truncate(this[split].step.lowerBound(kept))
      }
    }
    for (const metric of metrics) this[metric.split].append(metric)
    this.lines = from + metrics.length
    return true
  }

  /**
   * Takes lines that were asked for, at most so many; those that came by themselves meanwhile are passed over.
   * @returns whether all of the block are in
   */
  fill(block: MetricBlock, most = Infinity): boolean {
    if (block.from > this.lines) return true
    const columns = blockColumns(block)
    const end = Math.min(block.count, this.lines - block.from + most)
    for (let row = this.lines - block.from; row < end; row++) this[splits[block.split[row]!]!].appendRow(columns, row)
    this.lines = Math.max(this.lines, block.from + end)
    return end === block.count
  }

  x(split: Split, axis: AxisKind): XSource {
    const series = this[split]
    if (axis === 'time') return { column: series.elapsedMs, scale: 1 / 1000 }
    if (axis === 'tokens') return { column: series.step, scale: this.tokensPerStep }
    if (axis === 'epoch') return { column: series.step, scale: 1 / Math.max(1, this.stepsPerEpoch) }
    return { column: series.step, scale: 1 }
  }

  curve(split: Split, key: MetricKey, axis: AxisKind): CurveSource {
    return { x: this.x(split, axis), y: this[split].value(key) }
  }
}

/** Time steps that one training step reads: sequences a batch × steps a sequence. */
export function tokensPerStep({ data, training }: Experiment): number {
  return training.batchSize * (sequenceSteps(data) ?? training.window)
}
