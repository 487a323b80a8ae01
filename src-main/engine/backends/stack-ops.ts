import type { Lengths, Sequence, Slot, Tensor, Tokens } from './backend'

/**
 * The primitives of the complete recurrent stack, beyond those of the Elman network in backend.ts. `Ops` has them all.
 * Gate order: LSTM i f g o, GRU r z n, as PyTorch's.
 */
export interface GatedOps {
  /**
   * One LSTM step in active rows; inactive rows keep h and c, and their gates are written as zero.
   *   i,f,o = σ(p + U h), g = tanh(p + U h);  c' = f⊙c + i⊙g;  h' = o⊙tanh(c')
   * @param projected W x_t + b_ih + b_hh, [B,4H]   @param weight U [4H,H]
   */
  lstmStep(args: { projected: Tensor; previous: Tensor; cell: Tensor; weight: Tensor; lengths: Lengths; step: number },
    into: { hidden: Slot; cell: Slot; gates: Slot }): void
  /**
   * δ of the four gates before their nonlinearity, [B,4H], zero in inactive rows, and ∂L/∂c_{t-1} [B,H].
   *   dc = ∂L/∂c_t + ∂L/∂h_t ⊙ o ⊙ (1 − tanh²c_t);  ∂L/∂c_{t-1} = dc ⊙ f  (inactive rows: ∂L/∂c_t as it is)
   * @param gradient ∂L/∂h_t [B,H]   @param cellGradient ∂L/∂c_t [B,H] from later steps; null: zero
   * @param previousCell c_{t-1}   @param cell c_t   @param gates activated, of this step
   */
  lstmDelta(args: { gradient: Tensor; cellGradient: Tensor | null; gates: Tensor; previousCell: Tensor; cell: Tensor; lengths: Lengths; step: number },
    into: Slot): { delta: Tensor; cellGradient: Tensor }
  /**
   * One GRU step (reset gate applied to U_n h + b_hn) in active rows; inactive rows keep h, their gates are written as zero.
   *   r,z = σ(p + U h + b_hh);  q = U_n h + b_hn;  n = tanh(p_n + r⊙q);  h' = (1 − z)⊙n + z⊙h
   * @param projected W x_t + b_ih, [B,3H]   @param weight U [3H,H]   @param bias b_hh [3H]
   * @param into gates: r z n q, [B,4H]
   */
  gruStep(args: { projected: Tensor; previous: Tensor; weight: Tensor; bias: Tensor; lengths: Lengths; step: number },
    into: { hidden: Slot; gates: Slot }): void
  /**
   * δ towards W x + b_ih (δr δz δn) and towards U h + b_hh (δr δz δn⊙r), each [B,3H], zero in inactive rows; and what
   * reaches h_{t-1} directly: ∂L/∂h_t ⊙ z, in inactive rows ∂L/∂h_t, [B,H].
   */
  gruDelta(args: { gradient: Tensor; gates: Tensor; previous: Tensor; lengths: Lengths; step: number },
    into: { input: Slot; recurrent: Slot }): { input: Tensor; recurrent: Tensor; direct: Tensor }
  /**
   * ∂L/∂h_t in inactive rows, 0 in active ones, [B,H]: what an LSTM's row past its end hands on to h_{t-1} as `direct`, where
   * the gradient arrives at the state after the last step.
   */
  held(args: { gradient: Tensor; lengths: Lengths; step: number }): Tensor
  /** ∂L/∂h_{t-1} = Uᵀ δ + direct + addend. delta [B,gH], weight [gH,H] → [B,H] */
  recurrentBackward(args: { delta: Tensor; weight: Tensor; direct: Tensor | null; addend: Tensor | null }): Tensor
}

export interface ShapingOps {
  /** Rows of a table: [V,E] → [T,B,E] */
  gather(tokens: Tokens, table: Tensor): Sequence
  /** ∂L/∂table: δ_t summed into the row of its token. delta [T,B,E] → [V,E] */
  scatterSum(delta: Sequence, tokens: Tokens, vocabulary: number): Tensor
  /** Side by side: [T,B,M] and [T,B,N] → [T,B,M+N] */
  concat(left: Sequence, right: Sequence): Sequence
  /** Columns from..to-1, copied: [T,B,W] → [T,B,to−from] */
  columns(sequence: Sequence, from: number, to: number): Sequence
  /** Element by element, of equal shapes: dropout's mask on the way forward and back. */
  multiply(left: Sequence, right: Sequence): Sequence
  add(left: Sequence, right: Sequence): Sequence
  /** left + right for single tensors of equal shape. */
  addTensors(left: Tensor, right: Tensor): Tensor
}

/**
 * Dot-product attention of every decoder step over all valid encoder steps (Luong et al. 2015).
 *   e_ts = q_t · k_s;  α_t = softmax over s < lengths_b of e_t;  context_t = Σ_s α_ts k_s
 */
export interface AttentionOps {
  /** queries [T,B,H], keys [S,B,H], lengths of the encoder's rows → context [T,B,H], weights [T,B,S] (zero past a row's end) */
  attend(args: { queries: Sequence; keys: Sequence; lengths: Lengths }): { context: Sequence; weights: Sequence }
  /** gradient ∂L/∂context [T,B,H] → ∂L/∂queries [T,B,H] and ∂L/∂keys [S,B,H] */
  attendBackward(args: { gradient: Sequence; queries: Sequence; keys: Sequence; weights: Sequence; lengths: Lengths }): { queries: Sequence; keys: Sequence }
}

export interface FurtherOptimizerOps {
  /** Each element brought into −limit … limit. */
  clipValue(gradient: Tensor, limit: number): Tensor
  /**
   * torch.optim.RMSprop: g ← f g + λ p; s' = α s + (1−α) g²; u = g / (√s' + ε);
   * momentum > 0: b' = μ b + u, p' = p − η b'; else p' = p − η u. hyper [1]: η.
   */
  rmsprop(args: { parameter: Tensor; gradient: Tensor; square: Tensor; buffer: Tensor | null; factor: Tensor | null; alpha: number; epsilon: number; momentum: number; weightDecay: number; hyper: Tensor }): { parameter: Tensor; square: Tensor; buffer: Tensor | null }
}
