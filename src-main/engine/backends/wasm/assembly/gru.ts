// The GRU around its matrix products. Gates lie as r z n q, each [width], one after the other in a row of 4·width;
// q = U_n h + b_hn is kept for the way back. Row b is active at step t when t < lengths[b].

import { loadPart, multiplyAdd, sigmoid4, storePart, tanh4 } from './vector'

// @ts-ignore: decorator
@inline
function activate(gates: usize, row: usize, projected: usize, bias: usize, previous: usize, hidden: usize, whole: bool): void {
  const updateAt = gates + row, candidateAt = updateAt + row
  const r = sigmoid4(f32x4.add(loadPart(gates, whole), loadPart(bias, whole)))
  const z = sigmoid4(f32x4.add(loadPart(updateAt, whole), loadPart(bias + row, whole)))
  const n = tanh4(multiplyAdd(r, loadPart(candidateAt + row, whole), loadPart(projected + 2 * row, whole)))
  storePart(gates, r, whole)
  storePart(updateAt, z, whole)
  storePart(candidateAt, n, whole)
  storePart(hidden, multiplyAdd(z, loadPart(previous, whole), f32x4.mul(f32x4.sub(f32x4.splat(1), z), n)), whole)
}

/**
 * r,z = σ(· + b_hh), n = tanh(p_n + r⊙q); h' = (1 − z)⊙n + z⊙h. Inactive rows keep h, their gates become zero.
 * @param gates      [batch, 4·width]; on entry p + U h in r and z, and q
 * @param projected  p, [batch, 3·width]   @param bias b_hh, [3·width]
 */
export function gruActivate(
  batch: usize, width: usize, gates: usize, projected: usize, bias: usize, previous: usize, hidden: usize, lengths: usize, step: i32,
): void {
  const row = width << 2
  for (let b: usize = 0; b < batch; b++, lengths += 4, gates += 4 * row, projected += 3 * row, previous += row, hidden += row) {
    if (step >= load<i32>(lengths)) {
      memory.fill(gates, 0, 4 * row)
      memory.copy(hidden, previous, row)
      continue
    }
    let x: usize = 0
    for (; x + 16 <= row; x += 16) activate(gates + x, row, projected + x, bias + x, previous + x, hidden + x, true)
    for (; x < row; x += 4) activate(gates + x, row, projected + x, bias + x, previous + x, hidden + x, false)
  }
}

// @ts-ignore: decorator
@inline
function propagate(gradient: usize, gates: usize, row: usize, previous: usize, input: usize, recurrent: usize, direct: usize, whole: bool): void {
  const one = f32x4.splat(1)
  const r = loadPart(gates, whole), z = loadPart(gates + row, whole)
  const n = loadPart(gates + 2 * row, whole), q = loadPart(gates + 3 * row, whole)
  const dh = loadPart(gradient, whole)
  const dn = f32x4.mul(f32x4.mul(dh, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(n, n)))
  const dz = f32x4.mul(f32x4.mul(dh, f32x4.sub(loadPart(previous, whole), n)), f32x4.mul(z, f32x4.sub(one, z)))
  const dr = f32x4.mul(f32x4.mul(dn, q), f32x4.mul(r, f32x4.sub(one, r)))
  storePart(input, dr, whole)
  storePart(input + row, dz, whole)
  storePart(input + 2 * row, dn, whole)
  storePart(recurrent, dr, whole)
  storePart(recurrent + row, dz, whole)
  storePart(recurrent + 2 * row, f32x4.mul(dn, r), whole)
  storePart(direct, f32x4.mul(dh, z), whole)
}

/**
 * δ towards W x + b_ih (δr δz δn) and towards U h + b_hh (δr δz δn⊙r), and ∂L/∂h' ⊙ z.
 * Inactive rows: both δ are 0, and the gradient passes whole.
 * @param input,recurrent [batch, 3·width]   @param direct [batch, width]
 */
export function gruDelta(
  batch: usize, width: usize, gradient: usize, gates: usize, previous: usize,
  input: usize, recurrent: usize, direct: usize, lengths: usize, step: i32,
): void {
  const row = width << 2
  for (let b: usize = 0; b < batch; b++, lengths += 4, input += 3 * row, recurrent += 3 * row) {
    if (step >= load<i32>(lengths)) {
      memory.fill(input, 0, 3 * row)
      memory.fill(recurrent, 0, 3 * row)
      memory.copy(direct, gradient, row)
    } else {
      let x: usize = 0
      for (; x + 16 <= row; x += 16) propagate(gradient + x, gates + x, row, previous + x, input + x, recurrent + x, direct + x, true)
      for (; x < row; x += 4) propagate(gradient + x, gates + x, row, previous + x, input + x, recurrent + x, direct + x, false)
    }
    gradient += row; gates += 4 * row; previous += row; direct += row
  }
}
