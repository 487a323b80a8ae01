/**
 * The few primitives backpropagation through time is written in.
 *
 * A program is traced once for a batch shape and run once a batch. While it is traced, `Ops` calls record
 * work and return handles; nothing can be read. The same trace becomes one GPU.js pipeline plan or one list of
 * WebAssembly kernel calls. Backends differ in speed, not in results.
 *
 * Everything is float32 and row-major, except token ids and lengths, which are int32.
 */

import type { AttentionOps, FurtherOptimizerOps, GatedOps, ShapingOps } from './stack-ops'

/** A handle on a value of a program being traced. */
export interface Tensor {
  readonly shape: readonly number[]
}

/** One tensor [batch, width] for each time step, in time order. */
export interface Sequence {
  readonly steps: number
  readonly batch: number
  readonly width: number
  at(step: number): Tensor
  /** Steps from..to-1, without copying. */
  slice(from: number, to: number): Sequence
}

/** Token ids, one a time step and row: int32, laid out [steps, batch]. */
export interface Tokens {
  readonly steps: number
  readonly batch: number
}

/** Where a step's result goes: the slot `step` of a sequence made by `ops.sequence`. */
export interface Slot {
  readonly sequence: Sequence
  readonly step: number
}

/** Number of valid steps of each row: int32 [batch]. Row b is active at step t when t < lengths[b]. */
export interface Lengths {
  readonly batch: number
}

export type Activation = 'tanh' | 'relu'

export interface Loss {
  /** Mean over the valid elements, [1]. Cross-entropy in nats; squared error in squared units. */
  readonly loss: Tensor
  /** ∂loss/∂output, [steps, batch, width]; zero where a step is not valid. */
  readonly gradient: Sequence
  /** Cross-entropy: number of valid elements whose largest logit is the target, [1]. Squared error: Σ|error|, [1]. */
  readonly score: Tensor
}

export interface Ops extends GatedOps, ShapingOps, AttentionOps, FurtherOptimizerOps {
  // --- what a program reads -------------------------------------------------------------------------------
  /** A float32 input given anew at each run. */
  input(name: string, shape: readonly number[]): Tensor
  /** A float32 input [steps, batch, width] given anew at each run. */
  sequenceInput(name: string, steps: number, batch: number, width: number): Sequence
  /** Token ids [steps, batch] given anew at each run. */
  tokensInput(name: string, steps: number, batch: number): Tokens
  lengthsInput(name: string, batch: number): Lengths
  /** A variable of the backend: resident from run to run. */
  variable(variable: Variable): Tensor

  // --- sequences ------------------------------------------------------------------------------------------
  /** An unwritten sequence, to be filled slot by slot. Each slot is written exactly once before it is read. */
  sequence(steps: number, batch: number, width: number): Sequence
  slot(sequence: Sequence, step: number): Slot
  /** Puts a tensor into a slot, where nothing else writes it (an initial state). */
  place(tensor: Tensor, into: Slot): void
  /** A sequence of one step. */
  single(tensor: Tensor): Sequence

  // --- affine ---------------------------------------------------------------------------------------------
  /** y_t = W x_t + Σ biases, for all steps. x [T,B,I], weight [O,I], biases each [O] → [T,B,O] */
  affine(x: Sequence, weight: Tensor, biases: readonly Tensor[]): Sequence
  /** The same for one-hot x_t: y_t = W[:, token_t] + Σ biases. weight [O,V] → [T,B,O] */
  affineTokens(tokens: Tokens, weight: Tensor, biases: readonly Tensor[]): Sequence
  /** ∂L/∂x_t = Wᵀ δ_t. delta [T,B,O], weight [O,I] → [T,B,I] */
  affineBackwardInput(delta: Sequence, weight: Tensor): Sequence
  /** ∂L/∂W = Σ_t Σ_b δ_t x_tᵀ. delta [T,B,O], x [T,B,I] → [O,I] */
  outerSum(delta: Sequence, x: Sequence): Tensor
  /** The same for one-hot x_t. → [O, vocabulary] */
  outerSumTokens(delta: Sequence, tokens: Tokens, vocabulary: number): Tensor
  /** ∂L/∂b = Σ_t Σ_b δ_t. delta [T,B,O] → [O] */
  biasSum(delta: Sequence): Tensor

  // --- Elman cell -----------------------------------------------------------------------------------------
  /**
   * h_t = φ(p_t + U h_{t-1}) in active rows, h_{t-1} in the others.
   * @param projected p_t = W x_t + b, [B,H]   @param previous h_{t-1} [B,H]   @param weight U [H,H]
   */
  rnnStep(args: { projected: Tensor; previous: Tensor; weight: Tensor; activation: Activation; lengths: Lengths; step: number }, into: Slot): Tensor
  /**
   * δ_t = ∂L/∂h_t ⊙ φ'(·) in active rows (1 − h² for tanh, [h > 0] for ReLU), 0 in the others.
   * @param gradient ∂L/∂h_t [B,H]   @param state h_t [B,H]
   */
  rnnDelta(args: { gradient: Tensor; state: Tensor; activation: Activation; lengths: Lengths; step: number }, into: Slot): Tensor
  /**
   * ∂L/∂h_{t-1} = Uᵀ δ_t + (inactive rows: ∂L/∂h_t) + addend (what reaches h_{t-1} from its own output; may be null).
   */
  rnnBackward(args: { delta: Tensor; weight: Tensor; gradient: Tensor; addend: Tensor | null; lengths: Lengths; step: number }): Tensor

  // --- losses ---------------------------------------------------------------------------------------------
  /**
   * −log softmax(logits)[target], averaged; as torch.nn.functional.cross_entropy with label_smoothing ε (default 0) and
   * weight w (default none): (1−ε)·w_target·(−log p_target) + ε/C · Σ_c w_c·(−log p_c), times `scale` (with class weights
   * the caller passes 1 / Σ w_target over the valid elements).
   * @param scale [1]: 1 / number of valid elements of the batch, computed by the caller from the lengths
   */
  crossEntropy(args: { logits: Sequence; targets: Tokens; lengths: Lengths; scale: Tensor; smoothing?: number; classWeights?: Tensor | null }): Loss
  /** (output − target)², averaged over valid steps and their components; `scale` counts components. */
  squaredError(args: { output: Sequence; targets: Sequence; lengths: Lengths; scale: Tensor }): Loss
  /** |output − target|, averaged; its gradient is sign(output − target), 0 at 0. */
  absoluteError(args: { output: Sequence; targets: Sequence; lengths: Lengths; scale: Tensor }): Loss
  /** Huber with δ = 1: ½d² for |d| ≤ 1, else |d| − ½; averaged. */
  huberLoss(args: { output: Sequence; targets: Sequence; lengths: Lengths; scale: Tensor }): Loss

  // --- optimizers (one parameter at a time; nothing is changed in place) -----------------------------------
  /** √ Σ over all tensors of Σ g², [1]. */
  globalNorm(gradients: readonly Tensor[]): Tensor
  /** clip / (norm + 1e-6) when that is below 1, else 1. [1] → [1] */
  clipFactor(norm: Tensor, clipNorm: number): Tensor
  /**
   * torch.optim.SGD: g ← f g + λ p; v' = μ v + g; p' = p − η v' (nesterov: p − η (g + μ v')). hyper [1]: learning rate η.
   * `weightDecay` λ and `nesterov` are 0 and false when left out. The velocity starts at zero, so v' = g at the first step.
   */
  sgd(args: { parameter: Tensor; gradient: Tensor; velocity: Tensor | null; factor: Tensor | null; momentum: number; hyper: Tensor; weightDecay?: number; nesterov?: boolean }): { parameter: Tensor; velocity: Tensor | null }
  /**
   * m' = β₁m + (1−β₁)fg; v' = β₂v + (1−β₂)(fg)²; p' = p − η/(1−β₁ᵗ) · m' / (√v'/√(1−β₂ᵗ) + ε), as in torch.optim.Adam.
   * `weightDecay` λ (default 0): Adam adds λp to fg; `decoupled` (AdamW) takes p ← p·hyper[2] first instead.
   * @param hyper [3]: η/(1−β₁ᵗ), 1/√(1−β₂ᵗ), and 1 − ηλ for AdamW (1 without decay)
   */
  adam(args: { parameter: Tensor; gradient: Tensor; first: Tensor; second: Tensor; factor: Tensor | null; betas: readonly [number, number]; epsilon: number; hyper: Tensor; weightDecay?: number; decoupled?: boolean }): { parameter: Tensor; first: Tensor; second: Tensor }
}

/** A named value that stays with the backend from run to run: a parameter, an optimizer's moment, a carried state. */
export interface Variable {
  readonly name: string
  readonly shape: readonly number[]
  /** A copy of the present value. */
  read(): Promise<Float32Array>
  write(values: Float32Array): void
}

export interface Traced {
  /** Read back after each run. A sequence comes back as [steps, batch, width]. */
  results: Record<string, Tensor | Sequence>
  /** New values of variables, taken over together when the run has ended. */
  assign?: readonly (readonly [Variable, Tensor])[]
  /**
   * Names of results that must hold finite numbers only: when one doesn't, `run` still answers with the results, but
   * nothing is assigned. A step that diverged thus leaves the variables as they were, without a copy kept for it.
   */
  guard?: readonly string[]
}

export type ProgramInputs = Record<string, Float32Array | Int32Array>

/** A run that was begun: the device is at it, or will be when it is through with what was begun before. */
export interface BegunRun {
  /** What `Program.run` would have answered; the variables' new values hold from then on. */
  results(cancelled?: () => boolean): Promise<Record<string, Float32Array>>
  /** Gives it up, and whatever was begun after it: the variables are as they were before it. */
  drop(): void
}

export interface Program {
  /** What runs it: "wasm-simd", "fused-encoder", "fused-sync", "generic", … */
  readonly executor: string
  /**
   * One run. Inputs are read before it returns and may be reused by the caller afterwards.
   * @throws UnrollError `shape.mismatch` naming the input, the size expected and the size found
   * @throws UnrollError `run.cancelled` when `cancelled()` answered true between two kernels; no variable has changed then
   */
  run(inputs: ProgramInputs, cancelled?: () => boolean): Promise<Record<string, Float32Array>>
  /**
   * Begins a run at once and doesn't wait for it, so that a device has work while the host looks at the results before and makes
   * the batch to come ready; absent where there is no device to wait for. It reads the variables as the runs begun before will
   * leave them. Nothing else may be run or read between the last run begun and its results.
   */
  begin?(inputs: ProgramInputs): BegunRun
  dispose(): void
}

export interface Backend {
  readonly kind: 'wasm' | 'gpu'
  /** For people: "WebAssembly SIMD", "WebGPU (NVIDIA …)". */
  readonly description: string
  /** A new variable, zero-filled. */
  variable(name: string, shape: readonly number[]): Variable
  /** Traces `build` once. */
  compile(build: (ops: Ops) => Traced): Promise<Program>
  dispose(): Promise<void>
}
