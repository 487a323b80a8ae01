import { visibleSymbol } from '../../ui/format'
import type { Sheet } from '../../stores/inspector'
import type { ColourMap } from './colour-map'
import { escapeXml, type Picture } from './picture'

const left = 44
const top = 30

/** A heatmap as a picture: its cells as one image, the axes as text over it, each step's symbol where there is room. */
export function heatmapPicture(sheet: Sheet, order: Uint32Array, colours: ColourMap, name: string, textual: boolean): Picture {
  const { steps, units, labels, hidden, tensor, names, origin = 0 } = sheet
  const cell = textual && steps <= 1200 ? 11 : Math.max(1, Math.min(11, Math.floor(4000 / steps)))
  const row = Math.max(1, Math.min(14, Math.floor(480 / units)))
  const width = left + steps * cell + 8
  const height = top + units * row + 8
  const rowName = (unit: number) => names?.[unit] ?? String(unit)
  return {
    name, width, height, metadata: { format: 'pt', producer: 'unroll', step: String(sheet.step), labels: JSON.stringify(labels) },
    async svg() {
      const style = getComputedStyle(document.documentElement)
      const [ground, ink] = [style.getPropertyValue('--surface-1').trim(), style.getPropertyValue('--text-muted').trim()]
      const every = Math.max(1, Math.ceil(70 / cell / 10) * 10)
      const ticks = Array.from({ length: Math.ceil(steps / every) }, (_, at) => at * every).map((step) => `<text x="${left + step * cell}" y="11">${textual ? origin + step : escapeXml(labels[step] ?? '')}</text>`)
      const symbols = textual && cell >= 8 ? labels.map((label, step) => `<text x="${left + (step + 0.5) * cell}" y="25" text-anchor="middle" font-family="monospace">${escapeXml(visibleSymbol(label))}</text>`) : []
      const rows = Array.from({ length: units }, (_, at) => at).filter((at) => at % Math.ceil(14 / row) === 0).map((at) => `<text x="${left - 5}" y="${top + (at + 0.5) * row + 3.5}" text-anchor="end">${escapeXml(rowName(order[at]!))}</text>`)
      return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="10" fill="${ink}">`
        + `<rect width="100%" height="100%" fill="${ground}"/><image x="${left}" y="${top}" width="${steps * cell}" height="${units * row}" preserveAspectRatio="none" image-rendering="pixelated" href="${cellsUrl(sheet, order, colours)}"/>`
        + `${ticks.join('')}${symbols.join('')}${rows.join('')}</svg>`
    },
    table: () => [
      ['step', 'label', ...Array.from({ length: units }, (_, unit) => rowName(unit))],
      ...Array.from({ length: steps }, (_, step) => [step, labels[step] ?? '', ...hidden.subarray(step * units, (step + 1) * units)]),
    ],
    tensors: () => [{ name: tensor, shape: [steps, units], values: hidden }],
  }
}

/** One pixel a cell. */
function cellsUrl({ steps, units, hidden }: Sheet, order: Uint32Array, colours: ColourMap): string {
  const canvas = document.createElement('canvas')
  canvas.width = steps
  canvas.height = units
  const context = canvas.getContext('2d')!
  const picture = context.createImageData(steps, units)
  const words = new Uint32Array(picture.data.buffer)
  for (let step = 0; step < steps; step++) {
    for (let row = 0; row < units; row++) words[row * steps + step] = colours.packed(hidden[step * units + order[row]!]!)
  }
  context.putImageData(picture, 0, 0)
  return canvas.toDataURL('image/png')
}
