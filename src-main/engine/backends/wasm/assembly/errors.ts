// Losses of the error output − target, element by element, over valid steps. Their sums run in double precision: of each
// time step and row two float64 in `sums`, the loss and Σ |error|, so that a sum doesn't depend on who takes which rows.

const SQUARED = 0, ABSOLUTE = 1, HUBER = 2

/** @param kind a constant: the loops of the three losses are compiled apart */
// @ts-ignore: decorator
@inline
function errorLoss(
  kind: i32, first: i32, steps: i32, batch: usize, row: usize, rows: usize, width: usize,
  output: usize, target: usize, lengths: usize, scale: usize, gradient: usize, sums: usize,
): void {
  const bytes = width << 2
  const factor = load<f32>(scale)
  const twice: f32 = <f32>2 * factor
  const start = row * bytes, skipped = (batch - rows) * bytes
  output += start; target += start; gradient += start; sums += row << 4
  for (let t = first; t < first + steps; t++, output += skipped, target += skipped, gradient += skipped, sums += (batch - rows) << 4) {
    for (let b = row; b < row + rows; b++, output += bytes, target += bytes, gradient += bytes, sums += 16) {
      let loss: f64 = 0, score: f64 = 0
      if (t >= load<i32>(lengths + (b << 2))) {
        memory.fill(gradient, 0, bytes)
        store<f64>(sums, 0)
        store<f64>(sums, 0, 8)
        continue
      }
      for (let i: usize = 0; i < bytes; i += 4) {
        const error = load<f32>(output + i) - load<f32>(target + i)
        const size: f64 = abs(error)
        score += size
        if (kind == SQUARED) {
          store<f32>(gradient + i, twice * error)
          loss += size * size
        } else if (kind == ABSOLUTE) {
          // A NaN is neither above nor below, and stays one.
          store<f32>(gradient + i, error > 0 ? factor : error < 0 ? -factor : error * factor)
        } else {
          store<f32>(gradient + i, max<f32>(-1, min<f32>(1, error)) * factor)
          loss += size <= 1 ? 0.5 * size * size : size - 0.5
        }
      }
      store<f64>(sums, kind == ABSOLUTE ? score : loss)
      store<f64>(sums, score, 8)
    }
  }
}

/** error², its gradient 2 error · scale. @param first,steps,row,rows see crossEntropy   @param output,target,gradient [steps, batch, width] */
export function squaredError(
  first: i32, steps: i32, batch: usize, row: usize, rows: usize, width: usize,
  output: usize, target: usize, lengths: usize, scale: usize, gradient: usize, sums: usize,
): void {
  errorLoss(SQUARED, first, steps, batch, row, rows, width, output, target, lengths, scale, gradient, sums)
}

/** |error|, its gradient sign(error) · scale. */
export function absoluteError(
  first: i32, steps: i32, batch: usize, row: usize, rows: usize, width: usize,
  output: usize, target: usize, lengths: usize, scale: usize, gradient: usize, sums: usize,
): void {
  errorLoss(ABSOLUTE, first, steps, batch, row, rows, width, output, target, lengths, scale, gradient, sums)
}

/** ½ error² where |error| ≤ 1, else |error| − ½; its gradient the error brought into −1 … 1, times scale. */
export function huberLoss(
  first: i32, steps: i32, batch: usize, row: usize, rows: usize, width: usize,
  output: usize, target: usize, lengths: usize, scale: usize, gradient: usize, sums: usize,
): void {
  errorLoss(HUBER, first, steps, batch, row, rows, width, output, target, lengths, scale, gradient, sums)
}

/** loss = Σ sums · scale and Σ scores in their order, as float32. @param count time steps × rows */
export function lossEnd(count: usize, sums: usize, scale: usize, loss: usize, score: usize): void {
  let total: f64 = 0, hits: f64 = 0
  for (let i: usize = 0; i < count; i++, sums += 16) {
    total += load<f64>(sums)
    hits += load<f64>(sums, 8)
  }
  store<f32>(loss, <f32>(total * <f64>load<f32>(scale)))
  store<f32>(score, <f32>hits)
}
