import type { Backend } from '../backends/backend'
import { Random } from '../random'
import { compileStretch, stepsOf, type Stretch } from './stretch-program'
import type { Work } from './work'

export interface GradientFlow {
  /** ‖∂h_T/∂h_t‖_F / √H for each step of the stretch, T its last: 1 where the gradient neither grows nor fades. */
  norms: Float32Array
  /** LSTM: ‖∂h_T/∂c_t‖_F / √H. */
  cell: Float32Array | null
  /** Of each unit by itself: ‖∂h_T/∂h_{t,j}‖₂, [steps, H]: how much of a change of unit j at step t is left in the last state. */
  units: Float32Array
  /** The largest singular value of ∂h_T/∂h_t; null where the norm is an estimate. */
  largest: Float32Array | null
  /** Whether the norm is of the whole Jacobian; else it is estimated from `probes` random directions. */
  exact: boolean
  probes: number
}

/** Up to so many units the whole Jacobian is computed. */
const mostExact = 128
const randomProbes = 48
const stream = 0xf10

/**
 * How the gradient goes back through one layer's own recurrence: the Jacobian of its last hidden state by each earlier one, by
 * BPTT of v·h_T for many v at once, one a row of a batch.
 *   vᵀ ∂h_T/∂h_t for v = e_1 … e_H gives every row of the Jacobian; beyond 128 units E‖vᵀJ‖² = ‖J‖_F² over v of random ±1
 * In reverse h_T is the state at the first step.
 * @param layer, suffix which cell: '' or '_reverse'
 * @see Pascanu, Mikolov & Bengio 2013; the estimator: Hutchinson 1990
 */
export async function gradientFlow(backend: Backend, stretch: Stretch, { prefix = '', layer, suffix = '' }: { prefix?: string; layer: number; suffix?: string }, work: Work, seed = 1): Promise<GradientFlow> {
  const steps = prefix === 'decoder.' ? stretch.input.decoder!.length : stepsOf(stretch)
  let hidden = 0
  const exactBelow = (size: number) => size <= mostExact
  const size = stretch.network.weights[`${prefix}rnn.weight_hh_l${layer}${suffix}`]!.shape[1]!
  const probes = exactBelow(size) ? size : randomProbes
  const program = await compileStretch(backend, stretch, probes, (ops, pass) => {
    const [, stack] = pass.stacks.find(([own]) => own === prefix)!
    const cell = stack.cells.find((each) => each.layer === layer && each.direction.suffix === suffix)!
    hidden = size
    const final = cell.forward.final.map((_, index) => ops.input(index === 0 ? 'seed' : 'none', [probes, size]))
    const { states } = cell.forward.backward({ outputs: null, final }, { needsInput: false, needsInitial: false, needsStates: true })
    return { results: Object.fromEntries(states!.map((sequence, index) => [`state${index}`, sequence])) }
  })
  try {
    const none = new Float32Array(probes * hidden)
    const found = await program.run({ seed: probes === size ? unit(size) : signs(probes, size, seed), ...(stretch.network.model.cell === 'lstm' && { none }) }, work)
    // ‖J‖²_F of ±1 probes is a mean over them, of unit vectors a sum.
    const scale = 1 / Math.sqrt(size * (probes === size ? 1 : probes))
    const norms = rowNorms(found['state0']!, steps, scale)
    const cell = found['state1'] ? rowNorms(found['state1'], steps, scale) : null
    const largest = probes === size ? Float32Array.from({ length: steps }, (_, step) => largestSingular(found['state0']!.subarray(step * size * size, (step + 1) * size * size), size)) : null
    const units = columnNorms(found['state0']!, steps, size, probes === size ? 1 : 1 / Math.sqrt(probes))
    return { norms, cell, units, largest, exact: probes === size, probes }
  } finally {
    program.dispose()
  }
}

function unit(size: number): Float32Array {
  const rows = new Float32Array(size * size)
  for (let at = 0; at < size; at++) rows[at * size + at] = 1
  return rows
}

function signs(rows: number, width: number, seed: number): Float32Array {
  const random = new Random(seed, stream)
  return Float32Array.from({ length: rows * width }, () => (random.next() & 1 ? 1 : -1))
}

function rowNorms(values: Float32Array, steps: number, scale: number): Float32Array {
  const size = values.length / steps
  return Float32Array.from({ length: steps }, (_, step) => {
    let sum = 0
    for (let at = step * size; at < (step + 1) * size; at++) sum += values[at]! ** 2
    return Math.sqrt(sum) * scale
  })
}

/** Of each column of [rows, size] by itself, step by step. */
function columnNorms(values: Float32Array, steps: number, size: number, scale: number): Float32Array {
  const sums = new Float64Array(steps * size)
  const rows = values.length / steps / size
  for (let step = 0; step < steps; step++) {
    for (let row = 0; row < rows; row++) {
      const from = (step * rows + row) * size
      for (let unit = 0; unit < size; unit++) sums[step * size + unit]! += values[from + unit]! ** 2
    }
  }
  return Float32Array.from(sums, (sum) => Math.sqrt(sum) * scale)
}

/** σ₁ of a square matrix, by power iteration on AᵀA from a start that no matrix is made for. */
function largestSingular(matrix: Float32Array, size: number): number {
  let vector = Float64Array.from({ length: size }, (_, at) => 1 + Math.sin(at * 12.9898))
  let found = 0
  for (let pass = 0; pass < 40; pass++) {
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
    if (length === 0) return 0
    const image = new Float64Array(size)
    for (let row = 0; row < size; row++) {
      let sum = 0
      for (let column = 0; column < size; column++) sum += matrix[row * size + column]! * vector[column]! / length
      image[row] = sum
    }
    const next = Math.sqrt(image.reduce((sum, value) => sum + value * value, 0))
    const back = new Float64Array(size)
    for (let row = 0; row < size; row++) for (let column = 0; column < size; column++) back[column]! += matrix[row * size + column]! * image[row]!
    vector = back
    if (Math.abs(next - found) <= 1e-6 * next) return next
    found = next
  }
  return found
}
