import type { Probe } from '../../stores/meaning'
import { formatCount, formatShare, visibleSymbol } from '../../ui/format'
import { type Drawing, drawingSvg, type Mark } from './drawing'
import type { Picture } from './picture'
import { type Points, scatterDrawing } from './plot-drawing'

const most = 18
const className = (name: string): string => name.length === 1 ? visibleSymbol(name) : name
const short = (name: string) => name.length > most ? `${name.slice(0, most - 1)}…` : name

/** Classes by what was said of them, `counts` row by row: as on the screen, each cell as dark as its share of its row. */
export function confusionDrawing(counts: Float32Array, classes: readonly string[]): Drawing {
  const names = classes.map((name) => short(className(name)))
  const few = names.length <= 8
  const letters = names.reduce((longest, name) => Math.max(longest, name.length), 1)
  const [left, top, high] = [letters * 6.5 + 20, 42, few ? 26 : 18]
  const wide = Math.max(few ? 58 : 18, letters * 6.5 + 8)
  const [right, foot] = [left + names.length * wide, top + names.length * high]
  const marks: Mark[] = [{ kind: 'text', x: 10, y: 17, text: 'Rows: what is so; columns: what the read-out says', fill: '--text-faint' }]
  names.forEach((name, row) => {
    marks.push({ kind: 'text', x: left + (row + 0.5) * wide, y: top - 6, text: name, anchor: 'middle' }, { kind: 'text', x: left - 6, y: top + (row + 0.5) * high + 4, text: name, anchor: 'end' })
    const own = counts.subarray(row * names.length, (row + 1) * names.length)
    const total = own.reduce((sum, count) => sum + count, 0)
    own.forEach((count, said) => {
      const share = total > 0 ? count / total : 0
      const [x, y] = [left + said * wide, top + row * high]
      marks.push({ kind: 'rect', x, y, width: wide, height: high, fill: said === row ? '--chart-train' : '--chart-validation', opacity: Number((share * 0.7).toFixed(3)), title: `${name} → ${names[said]}: ${formatCount(count)} (${formatShare(share)})` })
      if (few) marks.push({ kind: 'text', x: x + wide - 8, y: y + high / 2 + 4, text: formatCount(count), anchor: 'end', fill: '--text' })
    })
  })
  for (let line = 0; line <= names.length; line++) {
    marks.push({ kind: 'line', points: [[left, top + line * high], [right, top + line * high]], stroke: '--border' }, { kind: 'line', points: [[left + line * wide, top], [left + line * wide, foot]], stroke: '--border' })
  }
  return { width: Math.ceil(Math.max(right + 10, 310)), height: Math.ceil(foot + 10), marks }
}

/** What every file of a read-out says of where it comes from. */
export const readOutMetadata = (found: Probe): Record<string, string> => ({
  format: 'pt', producer: 'unroll', property: found.name, tensor: found.tensor, step: String(found.step),
  scores: JSON.stringify(found.numeric ?? found.classes), classes: JSON.stringify(found.classNames),
})

/** The table of classes by answers, to be taken away; nothing where the read-out is of a number. */
export function confusionPicture(found: Probe, name: string): Picture | null {
  const { confusion, classNames } = found
  if (!confusion || !classNames) return null
  const { width, height } = confusionDrawing(confusion, classNames)
  const count = classNames.length
  return {
    name: `${name}-${found.name}-classes`, width, height, svg: async () => drawingSvg(confusionDrawing(confusion, classNames)),
    table: () => [['is', ...classNames.map((said) => `said ${said}`)], ...classNames.map((is, row) => [is, ...confusion.subarray(row * count, (row + 1) * count)])],
    tensors: () => [{ name: 'confusion', shape: [count, count], values: confusion }],
    metadata: readOutMetadata(found),
  }
}

/** What is so against what the read-out says, beside the line on which the two are the same; null where it is of classes. */
export const saidPoints = ({ name, points }: Probe): Points | null =>
  points && { x: points.truth, y: points.said, xLabel: name, yLabel: 'read-out', classes: null, at: null, diagonal: true }

/** The scatter of those, to be taken away. */
export function saidPicture(found: Probe, name: string): Picture | null {
  const points = saidPoints(found)
  return points && {
    name: `${name}-${found.name}-said`, width: 560, height: 460, svg: async () => drawingSvg(scatterDrawing(points, 560, 460)),
    table: () => [[found.name, 'read-out'], ...Array.from(points.x, (truth, at) => [truth, points.y[at]!])],
    tensors: () => [{ name: 'truth', shape: [points.x.length], values: points.x }, { name: 'said', shape: [points.y.length], values: points.y }],
    metadata: readOutMetadata(found),
  }
}
