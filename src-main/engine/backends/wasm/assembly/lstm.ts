// The LSTM around its matrix products. Gates lie as i f g o, each [width], one after the other in a row of 4·width.
// Row b is active at step t when t < lengths[b].

import { loadPart, multiplyAdd, sigmoid4, storePart, tanh4 } from './vector'

// @ts-ignore: decorator
@inline
function activate(gates: usize, row: usize, cell: usize, hidden: usize, nextCell: usize, whole: bool): void {
  const forgetAt = gates + row, candidateAt = forgetAt + row, outputAt = candidateAt + row
  const i = sigmoid4(loadPart(gates, whole))
  const f = sigmoid4(loadPart(forgetAt, whole))
  const g = tanh4(loadPart(candidateAt, whole))
  const o = sigmoid4(loadPart(outputAt, whole))
  storePart(gates, i, whole)
  storePart(forgetAt, f, whole)
  storePart(candidateAt, g, whole)
  storePart(outputAt, o, whole)
  const c = multiplyAdd(f, loadPart(cell, whole), f32x4.mul(i, g))
  storePart(nextCell, c, whole)
  storePart(hidden, f32x4.mul(o, tanh4(c)), whole)
}

/**
 * i,f,o = σ(·), g = tanh(·) in place; c' = f⊙c + i⊙g; h' = o⊙tanh(c'). Inactive rows keep h and c, their gates become zero.
 * @param gates [batch, 4·width], p + U h on entry   @param previous,cell h and c   @param hidden,nextCell h' and c'
 */
export function lstmActivate(
  batch: usize, width: usize, gates: usize, previous: usize, cell: usize, hidden: usize, nextCell: usize, lengths: usize, step: i32,
): void {
  const row = width << 2
  for (let b: usize = 0; b < batch; b++, lengths += 4, gates += 4 * row, previous += row, cell += row, hidden += row, nextCell += row) {
    if (step >= load<i32>(lengths)) {
      memory.fill(gates, 0, 4 * row)
      memory.copy(hidden, previous, row)
      memory.copy(nextCell, cell, row)
      continue
    }
    let x: usize = 0
    for (; x + 16 <= row; x += 16) activate(gates + x, row, cell + x, hidden + x, nextCell + x, true)
    for (; x < row; x += 4) activate(gates + x, row, cell + x, hidden + x, nextCell + x, false)
  }
}

// @ts-ignore: decorator
@inline
function propagate(
  gradient: usize, cellGradient: usize, gates: usize, row: usize, previousCell: usize, cell: usize,
  delta: usize, previousGradient: usize, whole: bool,
): void {
  const one = f32x4.splat(1)
  const i = loadPart(gates, whole), f = loadPart(gates + row, whole)
  const g = loadPart(gates + 2 * row, whole), o = loadPart(gates + 3 * row, whole)
  const dh = loadPart(gradient, whole)
  const tanhC = tanh4(loadPart(cell, whole))
  const through = f32x4.mul(f32x4.mul(dh, o), f32x4.sub(one, f32x4.mul(tanhC, tanhC)))
  const dc = cellGradient ? f32x4.add(loadPart(cellGradient, whole), through) : through
  storePart(previousGradient, f32x4.mul(dc, f), whole)
  storePart(delta, f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(one, i))), whole)
  storePart(delta + row, f32x4.mul(f32x4.mul(dc, loadPart(previousCell, whole)), f32x4.mul(f, f32x4.sub(one, f))), whole)
  storePart(delta + 2 * row, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g))), whole)
  storePart(delta + 3 * row, f32x4.mul(f32x4.mul(dh, tanhC), f32x4.mul(o, f32x4.sub(one, o))), whole)
}

/**
 * dc = ∂L/∂c' + ∂L/∂h' ⊙ o ⊙ (1 − tanh²c'); δ of the gates before their nonlinearity; ∂L/∂c = dc ⊙ f.
 * Inactive rows: δ = 0, ∂L/∂c = ∂L/∂c'.
 * @param cellGradient ∂L/∂c', 0: zero   @param delta [batch, 4·width]   @param previousGradient where ∂L/∂c goes
 */
export function lstmDelta(
  batch: usize, width: usize, gradient: usize, cellGradient: usize, gates: usize, previousCell: usize, cell: usize,
  delta: usize, previousGradient: usize, lengths: usize, step: i32,
): void {
  const row = width << 2
  for (let b: usize = 0; b < batch; b++, lengths += 4, delta += 4 * row) {
    if (step >= load<i32>(lengths)) {
      memory.fill(delta, 0, 4 * row)
      if (cellGradient) memory.copy(previousGradient, cellGradient, row)
      else memory.fill(previousGradient, 0, row)
    } else {
      let x: usize = 0
      for (; x + 16 <= row; x += 16) {
        propagate(gradient + x, cellGradient ? cellGradient + x : 0, gates + x, row, previousCell + x, cell + x, delta + x, previousGradient + x, true)
      }
      for (; x < row; x += 4) {
        propagate(gradient + x, cellGradient ? cellGradient + x : 0, gates + x, row, previousCell + x, cell + x, delta + x, previousGradient + x, false)
      }
    }
    gradient += row; gates += 4 * row; previousCell += row; cell += row; previousGradient += row
    if (cellGradient) cellGradient += row
  }
}

/** The gradient in inactive rows, 0 in active ones. */
export function held(batch: usize, width: usize, gradient: usize, result: usize, lengths: usize, step: i32): void {
  const row = width << 2
  for (let b: usize = 0; b < batch; b++, lengths += 4, gradient += row, result += row) {
    if (step >= load<i32>(lengths)) memory.copy(result, gradient, row)
    else memory.fill(result, 0, row)
  }
}
