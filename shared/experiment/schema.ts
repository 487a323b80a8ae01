import { z } from 'zod'

/**
 * The experiment file: data, task, model and training of one experiment (docs/experiment-file.md).
 * Keys are a fixed contract: add, never rename. What this build can't run yet is refused by
 * `unsupported()` with a sentence, not by the schema, so that a file from a newer build still reads.
 */

const fraction = z.number().min(0).max(0.9)
const count = z.int().min(1)

const splitKeys = { validation: fraction.default(0.1), test: fraction.default(0.1) }
/** Draws the split of records, recordings and tensors; absent: `training.seed` does. */
const splitSeed = z.int().min(0).max(2 ** 31 - 1).optional()

export const textEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'] as const

/** A file, or a folder of which all .txt and .md files are read, in the order of their paths. */
export const textDataSchema = z.object({
  kind: z.literal('text'),
  source: z.string().min(1),
  /** A token: a code point; a word or sign with the space before it; a byte. */
  unit: z.enum(['char', 'word', 'byte']).default('char'),
  /** Words only: symbols kept, the most frequent of the training part after the unknown one, as which all others read. */
  vocabularySize: z.int().min(2).max(1_000_000).default(10_000),
  /** How the file is written; found by its byte order mark and its first bytes when absent. */
  encoding: z.enum(textEncodings).optional(),
  /** Applied to the text before anything else, in this order. */
  lowerCase: z.boolean().default(false),
  normalise: z.enum(['none', 'NFC', 'NFD', 'NFKC', 'NFKD']).default('none'),
  /** Symbols left out between two parts. */
  gap: z.int().min(0).default(0),
  ...splitKeys,
})

/**
 * What is done to the columns of a series before they are scaled, in this order; undone in every figure that is shown.
 *   log         z = ln x, of values above 0; log1p: z = ln(1 + x), of values above −1
 *   difference  z_t − z_{t−k} for each k in turn: [1] against the row before, [12] against a season of 12 before, [1, 12] both
 */
export const seriesTransformSchema = z.object({
  log: z.enum(['none', 'log', 'log1p']).default('none'),
  difference: z.array(z.int().min(1).max(100_000)).max(3).default([]),
  /** Which columns; all inputs and targets when absent. */
  columns: z.array(z.string()).min(1).optional(),
})

export const seriesDataSchema = z.object({
  kind: z.literal('series'),
  source: z.string().min(1),
  columns: z.array(z.string()).min(1),
  target: z.array(z.string()).min(1),
  horizon: count.default(1),
  time: z.string().nullable().default(null),
  scale: z.enum(['standard', 'minmax', 'robust', 'none']).default('standard'),
  transform: seriesTransformSchema.prefault({}),
  /** Further inputs: each of `columns` as it was so many rows before. */
  lags: z.array(z.int().min(1).max(100_000)).max(100).default([]),
  /** The column that says whose row it is, where a table holds several series. */
  key: z.string().nullable().default(null),
  /**
   * A cell without a value: refused; the value before it goes on; or a straight line between its neighbours, where they are
   * in the same part. Rows before every column has its first value are left out.
   */
  missing: z.enum(['refuse', 'previous', 'linear']).default('refuse'),
  /** Rows as they stand; or put in the order of time, and each step of time without a row gets one of missing values. */
  steps: z.enum(['as-is', 'fill']).default('as-is'),
  /** Added to the inputs, each as sine and cosine over its period: hour of the day, day of the week, month of the year. */
  calendar: z.array(z.enum(['hour', 'weekday', 'month'])).default([]),
  /** Rows left out between two parts, so that windows of one don't lead up to the other. */
  gap: z.int().min(0).default(0),
  /** Every series is split in time; or, where there are several, each lies in one part whole, drawn by the seed. */
  split: z.enum(['time', 'key']).default('time'),
  splitSeed,
  encoding: z.enum(textEncodings).optional(),
  /** How the table is written; guessed from its first lines when absent. */
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  header: z.boolean().optional(),
  /** Steps between the starts of two training windows; used when the state is not carried. */
  stride: count.nullable().default(null),
  /** Rows of one season, for the seasonal baseline and MASE; found by autocorrelation in the training part when absent. */
  season: count.optional(),
  ...splitKeys,
})

/** One sequence a record: a CSV, TSV or JSON Lines file, or a folder of .txt files, a sequence a line, labelled by file name. */
export const recordsDataSchema = z.object({
  kind: z.literal('records'),
  source: z.string().min(1),
  /** Columns (keys) of the sequence, and of its class or of the sequence it becomes. Not needed for a folder. */
  sequence: z.string().min(1).optional(),
  label: z.string().min(1).optional(),
  output: z.string().min(1).optional(),
  unit: z.enum(['char', 'word']).default('char'),
  /** Records that repeat another exactly: used once, so that none stands in two parts of the split; or as often as they stand. */
  repeats: z.enum(['once', 'all']).default('once'),
  /** Column (key) of what keeps records in one part of the split, such as an author or a patient. */
  group: z.string().min(1).optional(),
  /**
   * How the parts are drawn where no group is named: at random class by class (pairs: at random), at random, in the file's
   * order, or as the column `part` says.
   */
  split: z.enum(['stratified', 'random', 'order', 'given']).default('stratified'),
  /** Column (key) that says which part a record is of: train, validation (valid, val, dev) or test. */
  part: z.string().min(1).optional(),
  splitSeed,
  /** What stays in one part besides groups: sequences that are equal, or alike but for case, accents, punctuation and spaces. Pairs of one source always do. */
  together: z.enum(['none', 'equal', 'alike']).default('none'),
  /** Sequences that have several classes (answers). */
  contradictions: z.enum(['keep', 'leave-out']).default('keep'),
  /** Records that can't be used: the first one ends the import, or they are left out and told. */
  faulty: z.enum(['refuse', 'leave-out']).default('refuse'),
  /** How a table is written; guessed from its first lines when absent. */
  delimiter: z.enum([',', ';', '\t', '|']).optional(),
  header: z.boolean().optional(),
  ...splitKeys,
})

/** A folder of WAV, FLAC and MP3 files, a recording a sequence of frames; its class is the sub-folder, or what a CSV says. */
export const audioDataSchema = z.object({
  kind: z.literal('audio'),
  source: z.string().min(1),
  features: z.enum(['log-mel', 'mfcc']).default('log-mel'),
  /** A CSV in the folder, whose columns `file` and `label` name the recordings and their classes. */
  labels: z.string().min(1).optional(),
  file: z.string().min(1).default('file'),
  label: z.string().min(1).default('label'),
  /**
   * What keeps recordings in one part, such as a speaker: a pattern of file names with {group} in it (with a slash: of their
   * paths in the folder), or a column of the CSV.
   */
  group: z.string().min(1).optional(),
  /** How the parts are drawn where no group is named: at random class by class, or at random. */
  split: z.enum(['stratified', 'random']).default('stratified'),
  splitSeed,
  /** What stays in one part besides groups: recordings that are equal sample for sample. */
  together: z.enum(['none', 'equal']).default('none'),
  /** Samples a second that all are brought to; null: those of the first recording, at most 16,000. */
  sampleRate: z.int().min(100).max(384_000).nullable().default(null),
  /** Seconds of a frame, and between two frames' starts. */
  frame: z.number().min(0.0005).max(10).default(0.025),
  hop: z.number().min(0.0005).max(10).default(0.01),
  /** Mel bands, between two frequencies in hertz; null: up to half the sample rate. */
  bands: z.int().min(1).max(512).default(40),
  lowest: z.number().min(0).default(0),
  highest: z.number().positive().nullable().default(null),
  /** mfcc: coefficients kept. */
  coefficients: z.int().min(1).max(512).default(13),
  repeats: z.enum(['once', 'all']).default('once'),
  /** Recordings that can't be read: the first one ends the import, or they are left out and told. */
  faulty: z.enum(['refuse', 'leave-out']).default('refuse'),
  ...splitKeys,
})

export const tensorsDataSchema = z.object({
  kind: z.literal('tensors'),
  source: z.string().min(1),
  /** Names of the arrays in the file: inputs, targets, how many steps of each sequence count. `y` null: each step's target is the next step of the inputs. */
  x: z.string().min(1).default('x'),
  y: z.string().min(1).nullable().default('y'),
  lengths: z.string().min(1).nullable().default('lengths'),
  /** How the parts are drawn: in the file's order; at random; at random class by class. */
  split: z.enum(['order', 'random', 'stratified']).default('order'),
  splitSeed,
  /** An array [N] whose equal numbers keep sequences in one part, such as a speaker's or a series' number. */
  group: z.string().min(1).optional(),
  /** What stays in one part besides groups: sequences that are equal number for number. */
  together: z.enum(['none', 'equal']).default('none'),
  /** In the file's order: sequences left out between two parts. */
  gap: z.int().min(0).default(0),
  /** Number of distinct token ids, when `x` is I32. */
  vocabulary: count.optional(),
  /** Number of classes, when `y` is I32. */
  classes: count.optional(),
  ...splitKeys,
})

/**
 * Tasks made by the program, the same for the same seed.
 *   adding: the sum of the two marked numbers of a sequence (Hochreiter & Schmidhuber 1997)
 *   copy:   ten symbols to be given back after a delay (Hochreiter & Schmidhuber 1997; Arjovsky, Shah & Bengio 2016)
 *   reber:  the next symbol of strings of the embedded Reber grammar (Reber 1967; Cleeremans et al. 1989)
 *   parity: whether the ones of a string of bits are odd (Minsky & Papert 1969)
 *   sine, mackey-glass, lorenz: a signal some steps later (Mackey & Glass 1977; Lorenz 1963)
 *   tones:  the pitch of a tone in noise
 *   dates:  a date as people write it, to become year-month-day
 * Which parameters each has, and in which bounds, is in generators.ts.
 */
export const generatedDataSchema = z.object({
  kind: z.literal('generated'),
  generator: z.enum(['adding', 'copy', 'reber', 'parity', 'sine', 'mackey-glass', 'lorenz', 'tones', 'dates']),
  /** adding: length of each sequence; copy: the delay T, of sequences of T + 20; reber: longest string; the others: length of each; of no account for dates. */
  steps: z.int().min(2).max(10_000).default(50),
  examples: z.int().min(10).max(1_000_000).default(10_000),
  /** sine: sines that are summed, and the periods between which theirs lie, in steps. */
  components: z.number().optional(),
  shortestPeriod: z.number().optional(),
  longestPeriod: z.number().optional(),
  /** mackey-glass: the delay τ. */
  delay: z.number().optional(),
  /** lorenz: how many of x, y, z are seen. */
  observed: z.number().optional(),
  /** mackey-glass, lorenz: time between two steps. */
  interval: z.number().optional(),
  /** sine, mackey-glass, lorenz: steps ahead that are foretold. */
  horizon: z.number().optional(),
  /** sine, mackey-glass, lorenz, tones: standard deviation of the noise on what is observed. */
  noise: z.number().optional(),
  /** tones: pitches, between which frequencies in hertz they lie, and samples a second. */
  classes: z.number().optional(),
  lowest: z.number().optional(),
  highest: z.number().optional(),
  rate: z.number().optional(),
  /** dates: years between which they lie; ways of writing that are mixed. */
  firstYear: z.number().optional(),
  lastYear: z.number().optional(),
  formats: z.number().optional(),
  ...splitKeys,
})

export const dataSchema = z.discriminatedUnion('kind', [
  textDataSchema, seriesDataSchema, recordsDataSchema, audioDataSchema, tensorsDataSchema, generatedDataSchema,
])

export const taskSchema = z.object({
  output: z.enum(['every-step', 'last-step', 'sequence']),
  loss: z.enum(['cross-entropy', 'mse', 'mae', 'huber']),
  /** Share of the target that is spread over all classes while training (Szegedy et al. 2016); 0 when absent. Validation is without it. */
  labelSmoothing: z.number().min(0).lt(1).optional(),
  /**
   * What each class counts in the training loss (all alike when absent): 'balanced' is N / (C · n_c) over the training part, C the classes that occur.
   * The loss is Σ w·(−log p) / Σ w, as PyTorch has it. Validation counts all alike, to stand beside the baselines.
   */
  classWeights: z.union([z.literal('balanced'), z.array(z.number().min(0)).min(1)]).nullish(),
})

/** Initial weights that `model.init` may name; anything else is a .safetensors file. */
export const initKinds = ['default', 'xavier', 'orthogonal', 'identity'] as const

export const modelSchema = z.object({
  cell: z.enum(['rnn', 'gru', 'lstm']),
  /** Of the Elman cell only. */
  activation: z.enum(['tanh', 'relu']).default('tanh'),
  hiddenSize: z.int().min(1).max(8192),
  layers: z.int().min(1).max(16).default(1),
  bidirectional: z.boolean().default(false),
  /** Share of the outputs of each layer but the last that are dropped while training, as torch.nn.LSTM(dropout). */
  dropout: z.number().min(0).max(0.95).default(0),
  /** The same for what enters the first layer: the embedding, the values or the one-hot token. */
  inputDropout: z.number().min(0).max(0.95).default(0),
  /** null: tokens enter one-hot. */
  embeddingSize: z.int().min(1).max(8192).nullable().default(null),
  /** Of encoder and decoder only: each output also reads a mean of the encoder's states, weighted by their likeness (Luong et al. 2015). */
  attention: z.boolean().default(false),
  /** default | xavier | orthogonal | identity (Elman: U = I) | a .safetensors file beside the experiment. */
  init: z.string().default('default'),
  /** Added to the forget gate's bias of fresh LSTM weights; 1 is common. */
  forgetBias: z.number().min(-10).max(10).default(0),
})

const learningRate = z.number().positive().max(100)
const beta = z.number().min(0).lt(1)
const weightDecay = z.number().min(0).default(0)

export const optimizerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sgd'), learningRate, momentum: beta.default(0), nesterov: z.boolean().default(false), weightDecay }),
  z.object({ kind: z.literal('adam'), learningRate, betas: z.tuple([beta, beta]).default([0.9, 0.999]), epsilon: z.number().positive().default(1e-8), weightDecay }),
  z.object({ kind: z.literal('adamw'), learningRate, betas: z.tuple([beta, beta]).default([0.9, 0.999]), epsilon: z.number().positive().default(1e-8), weightDecay }),
  z.object({ kind: z.literal('rmsprop'), learningRate, alpha: beta.default(0.99), epsilon: z.number().positive().default(1e-8), momentum: beta.default(0), weightDecay }),
])

/** Steps over which the rate first rises evenly from η/warmupSteps to η; the schedule counts from their end. */
const warmupSteps = z.int().min(0).default(0)
const scheduleFactor = z.number().positive().max(1)

/**
 * How the learning rate η goes, at step s counted from 0 after the warm-up:
 *   constant     η
 *   step         η · factor^⌊s / every⌋, `every` in steps
 *   exponential  η · factor^s, or with `per` epoch η · factor^(epochs done)
 *   cosine       minimum + (η − minimum) · (1 + cos(π s / totalSteps)) / 2; totalSteps: those of the run unless set
 *   plateau      η · factor for each time that more than `patience` validations in a row did not bring the loss 1e-4 (of
 *                itself) below the best
 */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('constant'), warmupSteps }),
  z.object({ kind: z.literal('step'), every: count, factor: scheduleFactor.default(0.1), warmupSteps }),
  z.object({ kind: z.literal('exponential'), factor: scheduleFactor, per: z.enum(['step', 'epoch']).default('epoch'), warmupSteps }),
  z.object({ kind: z.literal('cosine'), totalSteps: count.nullable().default(null), minimum: z.number().min(0).default(0), warmupSteps }),
  z.object({ kind: z.literal('plateau'), patience: z.int().min(0).default(10), factor: scheduleFactor.default(0.1), warmupSteps }),
])

export const trainingSchema = z.object({
  /** Truncation length of backpropagation through time on streams, in steps. */
  window: z.int().min(1).max(100_000).default(64),
  /** The hidden state flows from window to window; its gradient does not. */
  carryState: z.boolean().default(true),
  batchSize: z.int().min(1).max(65_536).default(32),
  shuffle: z.boolean().default(true),
  /**
   * Of encoder and decoder only: the share of batches in which the decoder reads the target's tokens; in the others it reads
   * its own most likely ones (Williams & Zipser 1989; Bengio et al. 2015).
   */
  teacherForcing: z.number().min(0).max(1).default(1),
  seed: z.int().min(0).max(2 ** 31 - 1).default(1),
  epochs: z.int().min(1).max(1_000_000).default(10),
  maxSteps: z.int().min(1).nullable().default(null),
  optimizer: optimizerSchema.default({ kind: 'adam', learningRate: 0.001, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 }),
  /** Global L2 norm that the gradient is scaled down to; null: off. */
  clipNorm: z.number().positive().nullable().default(1),
  /** Each element of the gradient is brought into ±clipValue, before its norm is clipped; null: off. */
  clipValue: z.number().positive().nullable().default(null),
  schedule: scheduleSchema.default({ kind: 'constant', warmupSteps: 0 }),
  /** Ends the run when this many validations in a row brought no new best loss. The best weights are kept in any case. */
  earlyStopping: z.object({ patience: count }).nullable().default(null),
  /** Steps between two checkpoints. */
  checkpointEvery: z.int().min(1).default(500),
  /** Steps between two looks at the validation part; null: once an epoch and every checkpoint. */
  validateEvery: z.int().min(1).nullable().default(null),
  /** Steps between two looks at how the gradient goes back through time; null: none. A look costs less than a step. */
  gradientFlowEvery: z.int().min(1).nullable().default(100),
})

export const experimentSchema = z.object({
  unroll: z.literal(1),
  name: z.string().min(1).max(200),
  data: dataSchema,
  task: taskSchema,
  model: modelSchema,
  training: trainingSchema,
  device: z.enum(['auto', 'gpu', 'cpu']).default('auto'),
})

export type Experiment = z.infer<typeof experimentSchema>
export type ExperimentInput = z.input<typeof experimentSchema>
export type DataSpec = Experiment['data']
export type TaskSpec = Experiment['task']
export type ModelSpec = Experiment['model']
export type TrainingSpec = Experiment['training']
export type ScheduleSpec = TrainingSpec['schedule']
export type OptimizerSpec = TrainingSpec['optimizer']
export type Device = Experiment['device']
