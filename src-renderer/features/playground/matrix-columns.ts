/** Pixels of a character above a column, and what keeps two names apart. */
const [character, apart] = [7.4, 6]
const strides = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

/** Whether the columns are numbered one after another, so that some of the numbers stand for all. */
export const columnsCounted = (columns: readonly string[]): boolean =>
  columns.length > 1 && columns.every((name, index) => /^\d+$/.test(name) && Number(name) === Number(columns[0]) + index)

/**
 * Pixels of a column, so that all of them are in sight where they can be.
 * @param room pixels there are for all; 0 while it isn't known
 */
export function cellWidth(count: number, room: number, counted: boolean): number {
  const fits = Math.floor((room > 0 ? room : 760) / count)
  return Math.max(counted ? 3 : 15, Math.min(30, fits))
}

/** The columns whose names stand above them: all, or of numbered ones the first and every second, fifth, tenth … as there is room. */
export function namedColumns(columns: readonly string[], cell: number, counted: boolean): { symbol: string; column: number }[] {
  const all = columns.map((symbol, column) => ({ symbol, column }))
  if (!counted) return all
  const wide = character * Math.max(...columns.map(({ length }) => length)) + apart
  const stride = strides.find((each) => each * cell >= wide) ?? columns.length
  if (stride === 1) return all
  return all.filter(({ symbol, column }) => Number(symbol) % stride === 0 || (column === 0 && (stride - Number(symbol) % stride) * cell >= wide))
}
