import { z } from 'zod'
import { type Metric, metricSchema } from '../metrics'

/** Every quantity a line of metrics.jsonl may hold. */
const quantities = Object.keys(metricSchema.shape).filter((key) => key !== 'split') as Exclude<keyof Metric, 'split'>[]
export type Quantity = (typeof quantities)[number]
export const splits = ['train', 'validation', 'test'] as const

const numbers = z.custom<Float64Array>((value) => value instanceof Float64Array, 'expected a Float64Array')
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected a Uint8Array')

/** Lines of metrics.jsonl as columns: a million of them as objects would stop a window for seconds. */
export const metricBlockSchema = z.object({
  /** Index of the first line. */
  from: z.int().min(0),
  count: z.int().min(0),
  /** Whether lines follow that were not sent. */
  more: z.boolean(),
  /** How much of the file has been read with it, 0 to 1. */
  read: z.number().min(0).max(1),
  /** Index into `splits`, a line each. */
  split: bytes,
  /** What any of the lines holds. `has` is 1 where the line has it: NaN can be a value. */
  columns: z.array(z.object({ quantity: z.enum(quantities as [Quantity, ...Quantity[]]), has: bytes, values: numbers })),
})
export type MetricBlock = z.infer<typeof metricBlockSchema>

/** Collects lines into a block. */
export class MetricBlockWriter {
  #count = 0
  readonly #split: Uint8Array
  readonly #columns = new Map<Quantity, { quantity: Quantity; has: Uint8Array; values: Float64Array }>()

  constructor(readonly from: number, readonly most: number) {
    this.#split = new Uint8Array(most)
  }

  get count(): number { return this.#count }

  /** @returns false, and takes nothing, where `line` is no metric */
  add(line: unknown): boolean {
    if (typeof line !== 'object' || line === null) return false
    const fields = line as Record<string, unknown>
    const split = splits.indexOf(fields['split'] as Metric['split'])
    if (split < 0 || typeof fields['step'] !== 'number' || typeof fields['loss'] !== 'number') return false
    for (const quantity of quantities) {
      const value = fields[quantity]
      if (value === undefined) continue
      if (typeof value !== 'number') return false
      const column = this.#column(quantity)
      column.has[this.#count] = 1
      column.values[this.#count] = value
    }
    this.#split[this.#count++] = split
    return true
  }

  end(more: boolean, read: number): MetricBlock {
    const count = this.#count
    const columns = [...this.#columns.values()].map(({ quantity, has, values }) => ({ quantity, has: has.slice(0, count), values: values.slice(0, count) }))
    return { from: this.from, count, more, read, split: this.#split.slice(0, count), columns }
  }

  #column(quantity: Quantity) {
    let column = this.#columns.get(quantity)
    if (column === undefined) {
      column = { quantity, has: new Uint8Array(this.most), values: new Float64Array(this.most) }
      this.#columns.set(quantity, column)
    }
    return column
  }
}

export function toMetricBlock(from: number, metrics: readonly Metric[]): MetricBlock {
  const writer = new MetricBlockWriter(from, metrics.length)
  for (const metric of metrics) writer.add(metric)
  return writer.end(false, 1)
}

export function fromMetricBlock({ count, split, columns }: MetricBlock): Metric[] {
  return Array.from({ length: count }, (_, row) => {
    const metric: Record<string, number | string> = { split: splits[split[row]!]! }
    for (const { quantity, has, values } of columns) if (has[row] === 1) metric[quantity] = values[row]!
    return metric as unknown as Metric
  })
}
