// One-hot inputs: W x is a column of W, and Σ δ xᵀ adds δ to a column. Ids outside the vocabulary, which padding may
// hold, count as x = 0.

// @ts-ignore: decorator
@inline
function addRow(count: usize, from: usize, to: usize): void {
  const end = from + (count << 2)
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(from)))
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(to) + load<f32>(from))
}

/** y[r, :] = W[:, token_r] + bias. @param rows Wᵀ [vocabulary, width] @param bias [width] */
export function gatherRows(count: usize, width: usize, vocabulary: u32, tokens: usize, rows: usize, bias: usize, y: usize): void {
  const bytes = width << 2
  for (let r: usize = 0; r < count; r++, tokens += 4, y += bytes) {
    const id = load<u32>(tokens)
    memory.copy(y, bias, bytes)
    if (id < vocabulary) addRow(width, rows + <usize>id * bytes, y)
  }
}

/** The same from W [width, vocabulary] as it is, for few tokens of a large vocabulary. */
export function gatherColumns(count: usize, width: usize, vocabulary: u32, tokens: usize, weight: usize, bias: usize, y: usize): void {
  const bytes = width << 2
  const row = (<usize>vocabulary) << 2
  for (let r: usize = 0; r < count; r++, tokens += 4, y += bytes) {
    const id = load<u32>(tokens)
    memory.copy(y, bias, bytes)
    if (id >= vocabulary) continue
    let from = weight + ((<usize>id) << 2)
    for (let o: usize = 0; o < bytes; o += 4, from += row) store<f32>(y + o, load<f32>(y + o) + load<f32>(from))
  }
}

/**
 * sums[token_r, :] += δ[r, :] for `width` columns; strides in bytes from row to row.
 * @param sums [vocabulary, …]
 */
export function scatterRows(count: usize, width: usize, vocabulary: u32, tokens: usize, delta: usize, row: usize, sums: usize, sumsRow: usize): void {
  for (let r: usize = 0; r < count; r++, tokens += 4, delta += row) {
    const id = load<u32>(tokens)
    if (id < vocabulary) addRow(width, delta, sums + <usize>id * sumsRow)
  }
}

/** The same into [width, vocabulary]. */
export function scatterColumns(count: usize, width: usize, vocabulary: u32, tokens: usize, delta: usize, row: usize, sums: usize): void {
  const bytes = width << 2
  const sumsRow = (<usize>vocabulary) << 2
  for (let r: usize = 0; r < count; r++, tokens += 4, delta += row) {
    const id = load<u32>(tokens)
    if (id >= vocabulary) continue
    let to = sums + ((<usize>id) << 2)
    for (let o: usize = 0; o < bytes; o += 4, to += sumsRow) store<f32>(to, load<f32>(to) + load<f32>(delta + o))
  }
}
