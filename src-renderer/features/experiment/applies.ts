import { readsTokens } from '@shared/experiment/plan'
import type { Experiment } from '@shared/experiment/schema'
import type { Draft, FieldName } from './draft'

type Rule = (draft: Draft, base: Experiment) => boolean

const gradual: Rule = ({ optimizer }) => optimizer === 'adam' || optimizer === 'adamw'
const heavy: Rule = ({ optimizer }) => optimizer === 'sgd' || optimizer === 'rmsprop'
const classes: Rule = (_, { task }) => task.loss === 'cross-entropy'
const stream: Rule = (_, { data }) => data.kind === 'text' || data.kind === 'series'
const scheduled = (...kinds: Draft['schedule'][]): Rule => ({ schedule }) => kinds.includes(schedule)

const rules: Partial<Record<FieldName, Rule>> = {
  activation: ({ cell }) => cell === 'rnn',
  forgetBias: ({ cell }) => cell === 'lstm',
  dropout: ({ layers }) => (layers ?? 0) > 1,
  embed: (draft, { data }) => readsTokens(data) || draft.embed,
  embeddingSize: ({ embed }) => embed,
  attention: (_, { task }) => task.output === 'sequence',
  teacherForcing: (_, { task }) => task.output === 'sequence',
  initFile: ({ init }) => init === 'file',
  window: stream,
  // Windows of a carried state follow each other.
  stride: ({ carryState }, { data }) => data.kind === 'series' && !carryState,
  carryState: stream,
  // Streams whose state is carried are read in order.
  shuffle: (draft, { data }) => data.kind !== 'text' && !(data.kind === 'series' && draft.carryState),
  momentum: heavy,
  nesterov: ({ optimizer }) => optimizer === 'sgd',
  alpha: ({ optimizer }) => optimizer === 'rmsprop',
  beta1: gradual,
  beta2: gradual,
  epsilon: ({ optimizer }) => optimizer !== 'sgd',
  clipNorm: ({ clip }) => clip,
  clipValue: ({ clipEach }) => clipEach,
  scheduleEvery: scheduled('step'),
  scheduleFactor: scheduled('step', 'exponential', 'plateau'),
  schedulePer: scheduled('exponential'),
  scheduleSteps: scheduled('cosine'),
  scheduleMinimum: scheduled('cosine'),
  schedulePatience: scheduled('plateau'),
  loss: (_, { task }) => task.loss !== 'cross-entropy',
  labelSmoothing: classes,
  classWeights: classes,
  patience: ({ stopEarly }) => stopEarly,
  epochs: ({ length }) => length === 'epochs',
  maxSteps: ({ length }) => length === 'steps',
}

/** Whether a field means something for the form as it stands: what doesn't isn't shown, and can't be at fault. */
export const applies = (draft: Draft, field: FieldName, base: Experiment): boolean => rules[field]?.(draft, base) ?? true
