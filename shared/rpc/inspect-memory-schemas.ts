import { z } from 'zod'
import { floats } from './floats'

/** Which number of y_t is followed back: what really came next, the likeliest, the loss, or a column of y. */
export const followedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('target') }), z.object({ kind: z.literal('likeliest') }), z.object({ kind: z.literal('loss') }),
  z.object({ kind: z.literal('column'), column: z.int().min(0) }),
])

export const gradientFlowSchema = z.object({
  /** First step of what follows; a network read in reverse gives its whole sequence. */
  from: z.number().int(),
  /** ‖∂h_T/∂h_t‖_F / √H for each step, T the last (in reverse the first): 1 where the gradient neither grows nor fades. */
  norms: floats,
  /** LSTM: ‖∂h_T/∂c_t‖_F / √H. */
  cell: floats.nullable(),
  /** ‖∂h_T/∂h_{t,j}‖₂ of each unit j, [steps, H]: how much of a change of it at step t is left in the last state. */
  units: floats,
  /** The largest singular value of ∂h_T/∂h_t; null where the norms are estimates. */
  largest: floats.nullable(),
  /** Whether the whole Jacobian was computed (up to 128 units), else by how many random directions. */
  exact: z.boolean(),
  probes: z.number().int(),
})

export const inputGradientsSchema = z.object({
  from: z.number().int(),
  /** Which outputs were followed, counted from `from` (of pairs: in the target). */
  steps: z.array(z.number().int()),
  outputs: z.number().int(),
  inputs: z.number().int(),
  /** ‖∂y_t/∂x_s‖₂, [outputs, inputs]: the connectivity picture. */
  norms: floats,
  /** (∂y_t/∂x_s)·x_s, [outputs, inputs]. */
  signed: floats,
  /** ‖∂y_t/∂h_s‖₂ of each state by name, [outputs, its steps]: the gradient's way back through time. */
  states: z.record(z.string(), floats),
  /** Mean norm by how many steps back, k = 0 …; null of pairs. */
  lags: floats.nullable(),
})

export const occlusionSchema = z.object({
  from: z.number().int(),
  outputs: z.number().int(),
  inputs: z.number().int(),
  /** How much the loss at t grows without x_s, [inputs, outputs]; without a target ‖Δy_t‖₂. */
  effects: floats,
})
