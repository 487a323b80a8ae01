import type { SplitChange } from '@shared/experiment/split-change'
import type { Experiment } from '@shared/experiment/schema'
import type { DatasetDetails } from '@shared/rpc/schemas'
import { formatCount } from '../../ui/format'

type Data = Experiment['data']

/** What is wrong with the two shares, in percent; null where nothing is. */
export function splitFault(validation: number | null, test: number | null): { validation: string | null; test: string | null } {
  const faultOf = (name: string, value: number | null) => {
    if (value === null || Number.isNaN(value)) return `${name} must be a number of percent.`
    return value >= 0 && value <= 50 ? null : `${name} must be from 0 to 50 %.`
  }
  const faults = { validation: faultOf('Validation', validation), test: faultOf('Test', test) }
  if (!faults.validation && !faults.test && (validation ?? 0) + (test ?? 0) > 90) faults.test = 'Together they leave less than 10 % to train on.'
  return faults
}

/** How the parts are drawn, as a choice on screen; `group` and `given` name a column, `key` whole series. */
export type Method = 'time' | 'key' | 'stratified' | 'random' | 'order' | 'group' | 'given'
export interface SplitFields {
  method: Method
  /** The column, array or pattern of names of method `group`; the column of method `given`. */
  group: string
  part: string
  validation: number | null
  test: number | null
  gap: number | null
  /** null: that of the training. */
  seed: number | null
  together: 'none' | 'equal' | 'alike'
  repeats: 'once' | 'all'
  contradictions: 'keep' | 'leave-out'
}

/** What of the fields data of a kind has. */
export interface SplitOffers {
  methods: readonly Method[]
  gap: string | null
  seed: boolean
  together: readonly SplitFields['together'][]
  repeats: boolean
  contradictions: boolean
  /** Columns or arrays that a group or a part may be named by; empty: a pattern of names is typed. */
  columns: readonly { name: string; hint: string }[]
}

export function offersOf({ dataset, preview }: DatasetDetails): SplitOffers {
  const { data, task } = dataset.experiment
  const none: SplitOffers = { methods: ['time'], gap: null, seed: false, together: ['none'], repeats: false, contradictions: false, columns: [] }
  const pairs = task.output === 'sequence'
  switch (data.kind) {
    case 'generated': return { ...none, methods: ['order'] }
    case 'text': return { ...none, gap: { char: 'characters', word: 'words', byte: 'bytes' }[data.unit] }
    case 'series': return { ...none, methods: data.key === null ? ['time'] : ['time', 'key'], gap: 'rows', seed: data.key !== null }
    case 'records': {
      const columns = preview.kind === 'records' ? preview.columns.filter(({ name }) => name !== data.label && name !== data.output).map(({ name, distinct }) => ({ name, hint: distinct === null ? 'over 10,000 different' : `${formatCount(distinct)} different` })) : []
      return {
        methods: [...pairs ? ['random'] as const : ['stratified', 'random'] as const, 'order', ...columns.length > 0 ? ['group', 'given'] as const : []], gap: null, seed: true,
        together: pairs ? ['none', 'alike'] : ['none', 'equal', 'alike'], repeats: true, contradictions: true, columns,
      }
    }
    case 'audio': return { ...none, methods: ['stratified', 'random', 'group'], seed: true, together: ['none', 'equal'], repeats: true }
    case 'tensors': {
      const arrays = preview.kind === 'tensors' ? preview.arrays.filter(({ type, shape, name }) => type.startsWith('I') && shape.length === 1 && name !== data.x) : []
      return {
        ...none, methods: ['order', 'random', ...data.classes !== undefined && task.output === 'last-step' ? ['stratified'] as const : [], ...arrays.length > 0 ? ['group'] as const : []],
        gap: 'sequences', seed: true, together: ['none', 'equal'], columns: arrays.map(({ name, shape }) => ({ name, hint: `[${shape.join(', ')}]` })),
      }
    }
  }
}

const percent = (share: number) => Number((share * 100).toFixed(4))

export function fieldsOf(experiment: Experiment): SplitFields {
  const data = experiment.data
  const read = data as Partial<Record<'group' | 'part', string>> & { split?: Method; gap?: number; splitSeed?: number } & Partial<Pick<SplitFields, 'together' | 'repeats' | 'contradictions'>>
  return {
    method: methodOf(data, experiment.task.output === 'sequence'), group: read.group ?? '', part: read.part ?? '', validation: percent(data.validation), test: percent(data.test),
    gap: read.gap ?? 0, seed: read.splitSeed ?? null, together: read.together ?? 'none', repeats: read.repeats ?? 'once', contradictions: read.contradictions ?? 'keep',
  }
}

function methodOf(data: Data, pairs: boolean): Method {
  if (data.kind === 'text') return 'time'
  if (data.kind === 'generated') return 'order'
  if ('group' in data && data.group !== undefined && data.split !== 'given') return 'group'
  return pairs && data.split === 'stratified' ? 'random' : data.split
}

/** The keys of `data` that the fields say otherwise than it does. */
export function changeOf(fields: SplitFields, experiment: Experiment, offers: SplitOffers): SplitChange {
  const before = fieldsOf(experiment)
  const change: SplitChange = {}
  if (fields.validation !== before.validation) change.validation = (fields.validation ?? 0) / 100
  if (fields.test !== before.test) change.test = (fields.test ?? 0) / 100
  if (offers.methods.length > 1) {
    const { method } = fields
    if (method !== before.method && method !== 'group') change.split = method
    // A column that isn't chosen yet changes nothing.
    if (method === 'group' && fields.group !== '' && (before.method !== 'group' || fields.group !== before.group)) {
      change.group = fields.group
      if (before.method === 'given') change.split = offers.methods[0] === 'stratified' ? 'stratified' : 'random'
    }
    if (method !== 'group' && before.method === 'group') change.group = null
    if (method === 'given' && (before.method !== 'given' || fields.part !== before.part)) Object.assign(change, fields.part === '' ? { split: undefined } : { part: fields.part })
    if (method !== 'given' && before.method === 'given') change.part = null
  }
  if (offers.gap !== null && fields.gap !== before.gap) change.gap = fields.gap ?? 0
  if (offers.seed && fields.seed !== before.seed) change.splitSeed = fields.seed
  if (fields.together !== before.together) change.together = fields.together
  if (fields.repeats !== before.repeats) change.repeats = fields.repeats
  if (fields.contradictions !== before.contradictions) change.contradictions = fields.contradictions
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as SplitChange
}

export const methodInWords: Record<Method, { label: string; hint: string }> = {
  time: { label: 'In time order', hint: 'the end is held out' },
  key: { label: 'Whole series', hint: 'each in one part, drawn at random' },
  stratified: { label: 'At random, class by class', hint: 'each part has every class in its share' },
  random: { label: 'At random', hint: 'whatever the class' },
  order: { label: 'In the file’s order', hint: 'the end is held out' },
  group: { label: 'By group', hint: 'a speaker, an author, a session stands in one part' },
  given: { label: 'As a column says', hint: 'train, validation or test in each row' },
}

/** Draws are by a seed in these alone. */
export const isDrawn = (method: Method): boolean => method === 'stratified' || method === 'random' || method === 'group' || method === 'key'
