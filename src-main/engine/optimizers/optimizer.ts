import type { Ops, Tensor } from '../backends/backend'

/** An optimizer of one parameter at a time; what it remembers of each parameter is in `slots`. */
export interface Optimizer {
  /** What is kept beside each parameter, in its shape: `velocity`; `first`, `second`; `square`, `buffer`. */
  readonly slots: readonly string[]
  /** Length of the `hyper` input. */
  readonly hyperSize: number
  /**
   * What changes from step to step, worked out in Float64.
   * @param step 1 at the first step
   */
  hyper(step: number, learningRate: number): Float32Array
  update(ops: Ops, args: { parameter: Tensor; gradient: Tensor; slots: readonly Tensor[]; factor: Tensor | null; hyper: Tensor }): { parameter: Tensor; slots: readonly Tensor[] }
}
