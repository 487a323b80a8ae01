import { readPalette } from '../../charts/palette'
import { formatFigure } from '../../ui/format'
import type { EigenSeries } from './EigenPlot.vue'
import { escapeXml, type Picture } from './picture'

const [side, gap, head] = [340, 30, 16]

/** Eigenvalues in the complex plane beside each other, each picture with its unit circle; and as numbers. */
export function eigenPicture(plots: readonly { title: string; series: readonly EigenSeries[] }[], name: string): Picture {
  const rows = Math.max(...plots.map(({ series }) => series.length))
  const [width, height] = [plots.length * side + (plots.length + 1) * gap, gap + head + side + rows * 18 + 16]
  return {
    name, width, height, metadata: { format: 'pt', producer: 'unroll' },
    async svg() {
      const palette = readPalette(document.documentElement)
      const drawn = plots.map(({ title, series }, index) => {
        const reach = 1.12 * Math.max(1, ...series.flatMap(({ re, im }) => [...re, ...im].map(Math.abs)))
        const [left, top] = [gap + index * (side + gap), gap + head]
        const [x, y] = [(value: number) => left + side / 2 + value / reach * side / 2, (value: number) => top + side / 2 - value / reach * side / 2]
        const dots = series.flatMap(({ tone, re, im }) => Array.from(re, (value, at) => `<circle cx="${x(value).toFixed(1)}" cy="${y(im[at]!).toFixed(1)}" r="2.6" fill="${palette.tone(tone)}" fill-opacity="0.75"/>`))
        const legend = series.map(({ label, tone, re, im }, row) => {
          const radius = re.reduce((most, value, at) => Math.max(most, Math.hypot(value, im[at]!)), 0)
          return `<circle cx="${left + 4}" cy="${top + side + 18 * (row + 1) - 4}" r="4" fill="${palette.tone(tone)}"/><text x="${left + 14}" y="${top + side + 18 * (row + 1)}">${escapeXml(`${label}  |λ| ≤ ${formatFigure(radius, 3)}`)}</text>`
        })
        return `<text x="${left}" y="${gap}" font-size="13" font-weight="600" fill="${palette.text}">${escapeXml(title)}</text>`
          + `<path d="M${left},${y(0)}H${left + side}M${x(0)},${top}V${top + side}" stroke="${palette.grid}"/><circle cx="${x(0)}" cy="${y(0)}" r="${side / 2 / reach}" fill="none" stroke="${palette.muted}" stroke-dasharray="4 3"/>`
          + `<text x="${x(1) + 3}" y="${y(0) - 4}">1</text>${dots.join('')}${legend.join('')}`
      })
      return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="${palette.muted}"><rect width="100%" height="100%" fill="${palette.ground}"/>${drawn.join('')}</svg>`
    },
    table: () => [['of', 're', 'im', 'modulus'], ...plots.flatMap(({ series }) => series.flatMap(({ label, re, im }) => Array.from(re, (value, at): (string | number)[] => [label, value, im[at]!, Math.hypot(value, im[at]!)])))],
    tensors: () => plots.flatMap(({ series }) => series.flatMap(({ label, re, im }) => {
      const tensor = label.replace(/\s+/g, '.')
      return [{ name: `${tensor}.re`, shape: [re.length], values: re }, { name: `${tensor}.im`, shape: [im.length], values: im }]
    })),
  }
}
