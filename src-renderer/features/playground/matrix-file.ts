/** A matrix of shares between two sequences of symbols, as the heatmap shows it. */
export interface Matrix {
  rows: readonly string[]
  columns: readonly string[]
  /** [rows, columns] */
  values: Float32Array
}

const quoted = (cell: string) => /[",\n\r]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** As a table: the columns' symbols above, each row's before its values. */
export function matrixCsv({ rows, columns, values }: Matrix): string {
  const lines = rows.map((row, index) => [quoted(row), ...Array.from(values.subarray(index * columns.length, (index + 1) * columns.length), (value) => value.toPrecision(6))].join(','))
  return `${['', ...columns.map(quoted)].join(',')}\n${lines.join('\n')}\n`
}

/** As a picture for a page of its own: white ground, cells the darker the larger. */
export function matrixSvg({ rows, columns, values }: Matrix, label: string): string {
  const [cell, left, top] = [22, 30 + 8 * Math.max(...rows.map(({ length }) => length)), 34]
  const [width, height] = [left + cell * columns.length + 8, top + cell * rows.length + 8]
  const text = (x: number, y: number, anchor: string, symbol: string) => `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(symbol === ' ' ? '␣' : symbol)}</text>`
  const cells = rows.flatMap((_, row) => columns.map((__, column) =>
    `<rect x="${left + column * cell}" y="${top + row * cell}" width="${cell}" height="${cell}" fill-opacity="${values[row * columns.length + column]!.toFixed(3)}"/>`))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="13" role="img"><title>${escaped(label)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...columns.map((symbol, column) => text(left + (column + 0.5) * cell, top - 8, 'middle', symbol)),
    ...rows.map((symbol, row) => text(left - 8, top + (row + 0.5) * cell + 4, 'end', symbol)),
    `<g fill="#0b7068">${cells.join('')}</g>`,
    `<rect x="${left}" y="${top}" width="${cell * columns.length}" height="${cell * rows.length}" fill="none" stroke="#829093"/></svg>`,
  ].join('\n')
}
