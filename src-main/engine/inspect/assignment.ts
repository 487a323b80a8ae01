import type { Work } from './work'

/**
 * The assignment of rows to columns of the smallest total cost, each column taken at most once: the Hungarian method with
 * potentials, shortest augmenting paths, O(rows² · columns).
 * @param cost [rows, columns], rows ≤ columns
 * @returns the column of each row
 * @throws UnrollError `inspect.cancelled`
 * @see Kuhn 1955; Jonker & Volgenant 1987
 */
export async function assign(cost: Float32Array | Float64Array, rows: number, columns: number, work: Work): Promise<Int32Array> {
  const [byRow, byColumn] = [new Float64Array(rows + 1), new Float64Array(columns + 1)]
  // Row taken by each column; 0: none. Row and column 0 stand for the one being placed.
  const taken = new Int32Array(columns + 1)
  const way = new Int32Array(columns + 1)
  for (let row = 1; row <= rows; row++) {
    taken[0] = row
    const least = new Float64Array(columns + 1).fill(Infinity)
    const used = new Uint8Array(columns + 1)
    let column = 0
    do {
      used[column] = 1
      const own = taken[column]!
      let [delta, next] = [Infinity, 0]
      for (let other = 1; other <= columns; other++) {
        if (used[other]) continue
        const reduced = cost[(own - 1) * columns + other - 1]! - byRow[own]! - byColumn[other]!
        if (reduced < least[other]!) {
          least[other] = reduced
          way[other] = column
        }
        if (least[other]! < delta) [delta, next] = [least[other]!, other]
      }
      for (let other = 0; other <= columns; other++) {
        if (used[other]) {
          byRow[taken[other]!]! += delta
          byColumn[other]! -= delta
        } else least[other]! -= delta
      }
      column = next
    } while (taken[column] !== 0)
    for (; column !== 0; column = way[column]!) taken[column] = taken[way[column]!]!
    await work.step(row, rows)
  }
  const found = new Int32Array(rows)
  for (let column = 1; column <= columns; column++) if (taken[column]! > 0) found[taken[column]! - 1] = column - 1
  return found
}
