import type { Moment } from '@shared/rpc/inspect-schemas'
import { formatFigure, formatShare, visibleSymbol } from '../../ui/format'
import type { ColourMap } from './colour-map'
import { themeColourMap } from './colour-map'
import { escapeXml, type Picture } from './picture'
import type { StepWork, topOutputs } from './step-equations'

export interface StepScene {
  work: StepWork
  moment: Moment
  unit: number
  /** "step 12 of 400: reads “e”", and what x_t is. */
  title: string
  input: string
  outputs: ReturnType<typeof topOutputs>
  name: string
}

const [width, left, strip] = [960, 24, 320]
const columns = [['W x', 230], ['U h', 310], ['b', 380], ['sum', 450]] as const
const row = 26

/** One step of one cell with its numbers: what goes in, each gate's sum and what becomes of it, what comes out. */
export function stepPicture({ work, moment, unit, title, input, outputs, name }: StepScene): Picture {
  const rows = 3 + work.previous.length + work.gates.length + 2 * work.lines.length + (outputs.length > 0 ? 1 + outputs.length : 0)
  const height = 40 + rows * row + 16
  const figure = (value: number | undefined) => formatFigure(value, 3)
  return {
    name, width, height, metadata: { format: 'pt', producer: 'unroll', step: String(moment.step), label: moment.input.label, unit: String(unit) },
    async svg() {
      const style = getComputedStyle(document.documentElement)
      const token = (property: string) => style.getPropertyValue(property).trim()
      const limit = (values: Float32Array) => Math.max(1, values.reduce((most, value) => Math.max(most, Math.abs(value)), 0))
      const parts: string[] = []
      let y = 28
      const text = (x: number, words: string, more = '') => { parts.push(`<text x="${x}" y="${y}" ${more}>${escapeXml(words)}</text>`) }
      const vector = (values: Float32Array) => { parts.push(strips(values, themeColourMap(document.documentElement, limit(values)), y, unit, token('--text'))) }
      const math = (x: number, equation: string, more = '') => { parts.push(`<text x="${x}" y="${y}" font-style="italic" ${more}>${subscripts(equation)}</text>`) }
      const strong = `fill="${token('--text')}"`
      text(left, title, `font-size="15" font-weight="600" ${strong}`)
      y += row + 6
      math(left, 'x_t')
      text(90, input, strong)
      for (const { name: state, value } of work.previous) {
        y += row
        math(left, `${state}_{t−1}`)
        text(450, figure(value[unit]), `text-anchor="end" ${strong}`)
        vector(value)
      }
      y += row
      text(left, `unit ${unit} of ${work.previous[0]!.value.length}`)
      for (const [words, x] of columns) text(x, words, 'text-anchor="end"')
      text(470, 'becomes')
      text(width - left - strip, 'all units')
      for (const { of, name: gate, squash, Wx, Uh, b, value } of work.gates) {
        y += row
        math(left, `${of}_t`, strong)
        text(60, gate)
        const sums = [Wx[unit]!, Uh[unit]!, b[unit]!]
        for (const [at, sum] of [...sums, sums[0]! + sums[1]! + sums[2]!].entries()) text(columns[at]![1], figure(sum), `text-anchor="end" ${strong}`)
        text(470, `${squash} → ${figure(value[unit])}`, strong)
        vector(value)
      }
      for (const { equation, name: state, value, numbers } of work.lines) {
        y += row
        math(left, equation, strong)
        text(270, numbers(unit))
        y += row
        math(left, `${state}_t`)
        text(450, figure(value[unit]), `text-anchor="end" ${strong}`)
        vector(value)
      }
      if (outputs.length > 0) {
        y += row
        math(left, 'y_t')
      }
      for (const { name: output, value, probability } of outputs) {
        y += row
        text(left, output.length === 1 ? visibleSymbol(output) : output, strong)
        if (probability !== null) parts.push(`<rect x="150" y="${y - 9}" width="${(300 * probability).toFixed(1)}" height="9" fill="${token('--accent')}"/>`)
        text(470, probability === null ? figure(value) : formatShare(probability), strong)
      }
      return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="${token('--text-muted')}"><rect width="100%" height="100%" fill="${token('--surface-1')}"/>${parts.join('')}</svg>`
    },
    table: () => stepTable(work),
    tensors: () => [
      ...Object.entries(moment.tensors).map(([tensor, values]) => ({ name: tensor, shape: [values.length], values })),
      ...Object.entries(moment.previous).map(([tensor, values]) => ({ name: `previous.${tensor}`, shape: [values.length], values })),
      ...Object.entries(moment.biases).map(([tensor, values]) => ({ name: tensor, shape: [values.length], values })),
    ],
  }
}

/** c_{t−1} with its index below the line. */
const subscripts = (equation: string): string => escapeXml(equation).replace(/_(?:\{([^}]*)\}|(\w))/g, (_, braced: string | undefined, single: string | undefined) => `<tspan font-size="9" dy="3">${braced ?? single}</tspan><tspan dy="-3">\u200b</tspan>`)

/** A row a unit: the states before, each gate's parts, and what the cell leaves. */
function stepTable({ previous, gates, lines }: StepWork): (string | number)[][] {
  const named: [string, ArrayLike<number>][] = [
    ...previous.map(({ name, value }): [string, ArrayLike<number>] => [`${name}_t-1`, value]),
    ...gates.flatMap(({ of, Wx, Uh, b, value }): [string, ArrayLike<number>][] => [[`${of}: W x`, Wx], [`${of}: U h`, Uh], [`${of}: b`, b], [of, value]]),
    ...lines.map(({ name, value }): [string, ArrayLike<number>] => [`${name}_t`, value]),
  ]
  return [['unit', ...named.map(([name]) => name)], ...Array.from({ length: previous[0]!.value.length }, (_, unit) => [unit, ...named.map(([, values]) => values[unit]!)])]
}

/** All units of a vector side by side, the chosen one in a frame. */
function strips(values: Float32Array, colours: ColourMap, y: number, unit: number, ink: string): string {
  const [from, breadth] = [width - left - strip, strip / values.length]
  const cells = Array.from(values, (value, at) => `<rect x="${(from + at * breadth).toFixed(2)}" y="${y - 12}" width="${(breadth + 0.2).toFixed(2)}" height="16" fill="${colours.css(value)}"/>`)
  return `${cells.join('')}<rect x="${(from + unit * breadth).toFixed(2)}" y="${y - 12}" width="${Math.max(2, breadth).toFixed(2)}" height="16" fill="none" stroke="${ink}"/>`
}
