import { formatFigure } from '../../ui/format'
import { type Drawing, type Mark, ticksBetween } from './drawing'

const [left, right, top, bottom] = [52, 10, 20, 34] as const
/** Dots beyond which a plot is thinned out: more would only cover each other. */
const mostDots = 1500

export interface Points {
  readonly x: Float32Array
  readonly y: Float32Array
  readonly xLabel: string
  readonly yLabel: string
  /** Names of x where it is one of a few classes. */
  readonly classes: readonly string[] | null
  /** A dot to point out. */
  readonly at: number | null
  /** Draws x = y: what was said against what is. */
  readonly diagonal?: boolean
}

/** Points by two numbers; by classes each class in a column of its own, its dots side by side, their mean as a line. */
export function scatterDrawing({ x, y, xLabel, yLabel, classes, at, diagonal }: Points, width: number, height = 260): Drawing {
  const known = Array.from(x.keys()).filter((index) => Number.isFinite(x[index]!) && Number.isFinite(y[index]!))
  const [xLow, xHigh] = classes ? [-0.5, classes.length - 0.5] : room(known.map((index) => x[index]!))
  const [yLow, yHigh] = diagonal ? [xLow, xHigh] : room(known.map((index) => y[index]!))
  const px = (value: number) => left + (value - xLow) / (xHigh - xLow || 1) * (width - left - right)
  const py = (value: number) => height - bottom - (value - yLow) / (yHigh - yLow || 1) * (height - top - bottom)
  const marks: Mark[] = []
  for (const tick of ticksBetween(yLow, yHigh)) {
    marks.push({ kind: 'line', points: [[left, py(tick)], [width - right, py(tick)]], stroke: '--chart-grid' }, { kind: 'text', x: left - 6, y: py(tick) + 4, text: formatFigure(tick, 3), anchor: 'end' })
  }
  if (classes) {
    const every = Math.ceil(classes.length * 34 / Math.max(1, width - left - right))
    classes.forEach((name, id) => { if (id % every === 0) marks.push({ kind: 'text', x: px(id), y: height - bottom + 15, text: name.length > 14 ? `${name.slice(0, 13)}…` : name, anchor: 'middle' }) })
  } else {
    for (const tick of ticksBetween(xLow, xHigh, Math.max(2, Math.floor(width / 90)))) marks.push({ kind: 'text', x: px(tick), y: height - bottom + 15, text: formatFigure(tick, 3), anchor: 'middle' })
  }
  if (diagonal) marks.push({ kind: 'line', points: [[px(xLow), py(xLow)], [px(xHigh), py(xHigh)]], stroke: '--border-strong', dashed: true })
  const stride = Math.max(1, Math.ceil(known.length / mostDots))
  for (let place = 0; place < known.length; place += stride) {
    const index = known[place]!
    // Side by side by a fixed rule, so that a dot stays where it is.
    const aside = classes ? (((index * 0.618034) % 1) - 0.5) * 0.7 : 0
    marks.push({ kind: 'circle', x: px(x[index]! + aside), y: py(y[index]!), r: 1.8, fill: '--chart-train', opacity: 0.5 })
  }
  if (classes) {
    classes.forEach((name, id) => {
      const own = known.filter((index) => x[index] === id)
      if (own.length === 0) return
      const mean = own.reduce((sum, index) => sum + y[index]!, 0) / own.length
      marks.push({ kind: 'line', points: [[px(id - 0.4), py(mean)], [px(id + 0.4), py(mean)]], stroke: '--chart-validation', width: 2 })
    })
  }
  if (at !== null && Number.isFinite(x[at] ?? Number.NaN)) marks.push({ kind: 'circle', x: px(x[at]!), y: py(y[at]!), r: 5, fill: '--chart-validation', title: `step ${at}` })
  marks.push({ kind: 'text', x: width - right, y: height - 4, text: xLabel, anchor: 'end' }, { kind: 'text', x: left, y: 12, text: yLabel })
  return { width, height, marks }
}

export interface Curve { readonly label: string; readonly ink: string; readonly values: ArrayLike<number>; readonly dashed?: boolean }

/** Curves over whole numbers from 0 on, as a picture to be taken away. */
export function curvesDrawing(curves: readonly Curve[], xLabel: string, yLabel: string, width = 900, height = 300): Drawing {
  const length = curves.reduce((most, { values }) => Math.max(most, values.length), 1)
  const [low, high] = room(curves.flatMap(({ values }) => Array.from(values).filter(Number.isFinite)))
  const head = top + 18
  const px = (step: number) => left + step / Math.max(1, length - 1) * (width - left - right)
  const py = (value: number) => height - bottom - (value - low) / (high - low || 1) * (height - head - bottom)
  const marks: Mark[] = ticksBetween(low, high).flatMap((tick): Mark[] => [
    { kind: 'line', points: [[left, py(tick)], [width - right, py(tick)]], stroke: '--chart-grid' }, { kind: 'text', x: left - 6, y: py(tick) + 4, text: formatFigure(tick, 3), anchor: 'end' },
  ])
  for (const tick of ticksBetween(0, length - 1, 8).filter(Number.isInteger)) marks.push({ kind: 'text', x: px(tick), y: height - bottom + 15, text: String(tick), anchor: 'middle' })
  let x = left
  for (const { label, ink, values, dashed = false } of curves) {
    for (const run of runs(values)) marks.push({ kind: 'line', points: run.map((step) => [px(step), py(values[step]!)] as const), stroke: ink, width: 1.5, dashed })
    marks.push({ kind: 'line', points: [[x, top], [x + 16, top]], stroke: ink, width: 2, dashed }, { kind: 'text', x: x + 21, y: top + 4, text: label })
    x += 40 + label.length * 6.2
  }
  marks.push({ kind: 'text', x: width - right, y: height - 4, text: xLabel, anchor: 'end' }, { kind: 'text', x: 4, y: height - 4, text: yLabel })
  return { width, height, marks }
}

/** Stretches of steps whose values are known. */
function runs(values: ArrayLike<number>): number[][] {
  const found: number[][] = []
  let open: number[] = []
  for (let step = 0; step <= values.length; step++) {
    if (step < values.length && Number.isFinite(values[step]!)) open.push(step)
    else if (open.length > 0) {
      found.push(open)
      open = []
    }
  }
  return found
}

/** From the smallest to the largest with a little air. */
function room(values: readonly number[]): [number, number] {
  const [low, high] = [values.reduce((least, value) => Math.min(least, value), Infinity), values.reduce((most, value) => Math.max(most, value), -Infinity)]
  if (!(low <= high)) return [0, 1]
  const air = (high - low || Math.abs(high) || 1) * 0.05
  return [low - air, high + air]
}
