/**
 * What the data room hands to the engine: numbers only, split, every statistic fitted on the training part alone.
 * Plain typed arrays, so that it crosses threads by structured clone.
 */
export type PreparedData = TokenStream | ValueStream | SequenceSet | SequencePairs

/** Token ids in the narrowest type that holds the vocabulary: a text of 65 symbols takes a byte a character. */
export type TokenIds = Uint8Array | Uint16Array | Int32Array

export type Part = 'train' | 'validation' | 'test'

/** A stream of token ids (text); x_t is a token, its target the next one. */
export interface TokenStream {
  form: 'tokens'
  vocabulary: number
  train: TokenIds
  validation: TokenIds
  test: TokenIds
}

/** A stream of feature vectors (series); the target of step t is row t + horizon of the target columns. */
export interface ValueStream {
  form: 'values'
  inputSize: number
  outputSize: number
  horizon: number
  /**
   * Each part holds rows [rows, inputSize] of inputs and [rows, outputSize] of targets, where targets[t] is already
   * the value `horizon` steps after inputs[t].
   */
  train: StreamPart
  validation: StreamPart
  test: StreamPart
}

export interface StreamPart {
  rows: number
  inputs: Float32Array
  targets: Float32Array
  /** First row of each series, rising from 0, where the part holds several one after the other; absent: one. */
  starts?: Int32Array | undefined
  /** What the first target of each row is a difference against (after its log); absent: nothing. */
  bases?: Float64Array | undefined
  /** Of several series, what MASE divides the errors of each by; NaN: it has no training part to tell. */
  naiveErrors?: Float64Array | undefined
}

/** Independent sequences (tensors, the adding problem). */
export interface SequenceSet {
  form: 'sequences'
  /** 'tokens': x is Int32 [N,T]; 'values': x is Float32 [N,T,I]. */
  input: 'tokens' | 'values'
  /** 'classes': y is Int32 [N] or [N,T]; 'values': y is Float32 [N,O] or [N,T,O]. */
  target: 'classes' | 'values'
  /** Vocabulary or width of x_t. */
  inputSize: number
  /** Number of classes or width of y. */
  outputSize: number
  /** T: longest length; shorter sequences are padded with anything. */
  steps: number
  train: SequencePart
  validation: SequencePart
  test: SequencePart
}

export interface SequencePart {
  count: number
  x: Float32Array | Int32Array
  y: Float32Array | Int32Array
  /** Valid steps of each sequence; null: all of them. */
  lengths: Int32Array | null
}

/** Pairs of sequences of tokens, one to become the other (`task.output` "sequence"). */
export interface SequencePairs {
  form: 'pairs'
  /** Vocabulary of the sources and of the targets; the two have ids of their own. */
  inputSize: number
  outputSize: number
  /** Longest source; longest target, its end token included. */
  steps: number
  targetSteps: number
  /** Ids in the targets' vocabulary: what the decoder reads before the first token, and what ends every target. */
  startToken: number
  endToken: number
  train: PairPart
  validation: PairPart
  test: PairPart
}

export interface PairPart {
  count: number
  /** [count, steps], zero past each one's length. */
  source: Int32Array
  sourceLengths: Int32Array
  /** [count, targetSteps], each with its end token as the last; zero past its length. */
  target: Int32Array
  targetLengths: Int32Array
}
