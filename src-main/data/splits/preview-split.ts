import type { Experiment } from '@shared/experiment/schema'
import type { SplitPreview } from '@shared/rpc/schemas'
import { crossing } from '../audit/crossing'
import { splitRecordings } from '../audio/prepare-audio'
import { pathOf, splitSeedOf } from '../prepare'
import type { ReadOptions } from '../prepared-dataset'
import { splitRecords } from '../records/split-records'
import type { Parts } from '../records/stratified-split'
import { readAndCheck, splitTensors } from '../sequences/prepare-tensors'
import type { TensorReader } from '../sequences/tensor-reader'
import { splitSeries } from '../series/split-series'
import { readManifest } from '../shards/manifest'
import { gappedParts, splitInOrder, splitParts, withGap } from '../split'
import { readText } from '../text/read-text'

const mostListed = 200
const nothing = { left: 0, classes: null, groups: null, crossing: null, series: null }
const plain = (parts: ReturnType<typeof splitParts>) => parts.map(({ part, count }) => ({ part, count, first: null, last: null }))

/**
 * What lies where in an experiment's split, without preparing its data: counts, class balance, groups, and what crosses.
 * @param folder what `data.source` is relative to
 * @throws UnrollError as preparing the data does
 */
export async function previewSplit(experiment: Experiment, folder: string, readTensors: TensorReader, options: ReadOptions = {}): Promise<SplitPreview> {
  const { data, task, training } = experiment
  const path = pathOf(data, folder)
  const seed = splitSeedOf(data, training.seed)
  switch (data.kind) {
    case 'generated': return { ...nothing, parts: plain(splitParts(splitInOrder(data.examples, data))) }
    case 'text': {
      const stored = await readManifest(path)
      const length = stored?.kind === 'text' ? stored.tokens.shape[0]! : (await readText(path, data, options)).ids.length
      const parts = plain(gappedParts(withGap(splitInOrder(length, data), data.gap)))
      return { ...nothing, parts, left: length - sum(parts) }
    }
    case 'series': return ofSeries(await splitSeries(data, path, seed, options))
    case 'records': {
      const targetIs = task.output === 'sequence' ? 'sequence' : 'class'
      const { table, parts } = await splitRecords(data, targetIs, path, seed, options)
      return ofItems(parts, { classes: targetIs === 'class' ? table.targets : null, groups: table.groups ?? null, keys: table.sequences })
    }
    case 'audio': {
      const { used, parts } = await splitRecordings(data, path, seed, options)
      return ofItems(parts, { classes: used.map(({ label }) => label), groups: data.group === undefined ? null : used.map(({ group }) => group!), keys: used.map(({ hash }) => hash) })
    }
    case 'tensors': {
      const checked = await readAndCheck(data, task, path, readTensors, options)
      const { parts, split } = splitTensors(checked, data, seed)
      const classes = checked.y instanceof Int32Array && !checked.everyStep ? Array.from(checked.y, String) : null
      return { ...ofItems(parts, { classes, groups: checked.groups, keys: null }), parts: plain(split), left: checked.count - split.reduce((all, { count }) => all + count, 0) }
    }
  }
}

const sum = (parts: readonly { count: number }[]): number => parts.reduce((all, { count }) => all + Math.max(0, count), 0)
const names = ['train', 'validation', 'test'] as const

function ofItems(parts: Parts, { classes, groups, keys }: { classes: readonly string[] | null; groups: readonly string[] | null; keys: readonly string[] | null }): SplitPreview {
  const crossed = keys && crossing(keys, parts)
  return {
    ...nothing, parts: names.map((part) => ({ part, count: parts[part].length, first: null, last: null })),
    classes: classes && balance(parts, classes), groups: groups && wholes(parts, groups),
    crossing: crossed && { count: crossed.items.length, of: crossed.held },
  }
}

function balance(parts: Parts, classes: readonly string[]): NonNullable<SplitPreview['classes']> {
  const counts = new Map<string, [number, number, number]>()
  names.forEach((part, column) => {
    for (const index of parts[part]) {
      const own = counts.get(classes[index]!) ?? [0, 0, 0]
      own[column]!++
      counts.set(classes[index]!, own)
    }
  })
  const list = [...counts].map(([name, each]) => ({ name, counts: each, all: each[0] + each[1] + each[2] })).sort((a, b) => b.all - a.all || (a.name < b.name ? -1 : 1))
  return { total: list.length, list: list.slice(0, mostListed).map(({ name, counts: each }) => ({ name, counts: each })) }
}

/** Where each group lies; null: in several parts, or in a gap. */
function wholes(parts: Parts, groups: readonly string[]): NonNullable<SplitPreview['groups']> {
  const found = new Map<string, { count: number; part: (typeof names)[number] | null }>()
  for (const part of names) {
    for (const index of parts[part]) {
      const own = found.get(groups[index]!)
      found.set(groups[index]!, { count: (own?.count ?? 0) + 1, part: own === undefined || own.part === part ? part : null })
    }
  }
  const list = [...found].map(([name, each]) => ({ name, ...each })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
  return { total: list.length, list: list.slice(0, mostListed) }
}

function ofSeries({ each, bounds }: Awaited<ReturnType<typeof splitSeries>>): SplitPreview {
  const own = bounds.map((bound) => gappedParts(bound).map((part) => ({ ...part, count: Math.max(0, part.count) })))
  const labelOf = (at: number, row: number) => each[at]!.series.labels?.[row] ?? `row ${(row + 1).toLocaleString('en')}`
  const several = each.length > 1
  const parts = names.map((part, column) => {
    const stretch = own[0]![column]!
    const shown = !several && stretch.count > 0
    return { part, count: own.reduce((all, list) => all + list[column]!.count, 0), first: shown ? labelOf(0, stretch.from) : null, last: shown ? labelOf(0, stretch.to - 1) : null }
  })
  const list = several ? each.map(({ name, series }, at) => {
    const held = own[at]!.filter(({ count }) => count > 0)
    return { name: name ?? '', count: series.rows, part: held.length === 1 ? held[0]!.part : null }
  }).sort((a, b) => b.count - a.count) : null
  return {
    ...nothing, parts, left: each.reduce((all, { series }) => all + series.rows, 0) - sum(parts),
    groups: list && { total: list.length, list: list.slice(0, mostListed) }, series: several ? each.length : null,
  }
}
