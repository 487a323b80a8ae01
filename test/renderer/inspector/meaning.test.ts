// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { barsDrawing } from '@renderer/features/inspector/bars-drawing'
import { drawingSvg, ticksBetween } from '@renderer/features/inspector/drawing'
import { guessHeader, ownColumns, ownFeature, readRows } from '@renderer/features/inspector/own-column'
import { curvesDrawing, scatterDrawing } from '@renderer/features/inspector/plot-drawing'

describe('a column of the user’s', () => {
  const columns = (text: string) => {
    const { rows, problem } = readRows(text)
    if (problem) throw new Error(problem)
    return ownColumns(rows, guessHeader(rows), 'mine')
  }

  it('is a list, one value a line or all on one', () => {
    expect(columns('1\n2.5\n\n-3\n')).toEqual([{ name: 'mine', values: ['1', '2.5', '', '-3'], numeric: true }])
    expect(columns('1, 2, 3')).toEqual([{ name: 'mine', values: ['1', '2', '3'], numeric: true }])
    expect(columns('noun verb noun')[0]).toMatchObject({ values: ['noun', 'verb', 'noun'], numeric: false })
  })

  it('is named by a first line that is no value', () => {
    expect(columns('depth\r\n0\r\n1')[0]).toMatchObject({ name: 'depth', values: ['0', '1'] })
    expect(columns('noun\nverb')[0]).toMatchObject({ name: 'mine', values: ['noun', 'verb'] })
  })

  it('is one of a CSV, with quotes, semicolons and decimal commas', () => {
    expect(columns('step;"a; b"\n0;0,5\n1;"1,5"').map(({ name, values, numeric }) => [name, values, numeric])).toEqual([['step', ['0', '1'], true], ['a; b', ['0,5', '1,5'], true]])
    const feature = ownFeature(columns('step;x\n0;0,5\n1;')[1]!, 'mine')
    expect(feature).toMatchObject({ kind: 'numbers', name: 'mine', values: Float32Array.of(0.5, Number.NaN) })
  })

  it('is refused with its line where it is no table', () => {
    expect(readRows('a,b\n1,2\n3').problem).toBe('Line 3 has 1 fields, the first has 2.')
    expect(readRows('a,b\n"1,2\n3').problem).toMatch(/never closed/)
    expect(readRows('\n\n').problem).toBe('There is nothing in it.')
  })
})

describe('drawings', () => {
  it('have round ticks between their ends', () => {
    expect(ticksBetween(-1, 1)).toEqual([-1, -0.5, 0, 0.5, 1])
    expect(ticksBetween(0, 0.07)).toEqual([0, 0.02, 0.04, 0.06])
    expect(ticksBetween(3, 3)).toEqual([3])
  })

  it('are SVG whose words are escaped, whatever the numbers', () => {
    const points = { x: Float32Array.of(0, 1, Number.NaN), y: Float32Array.of(1, 1, 1), xLabel: 'a<b', yLabel: '"', classes: null, at: 0 }
    for (const drawing of [scatterDrawing(points, 300), scatterDrawing({ ...points, classes: ['no', 'yes'] }, 300), curvesDrawing([{ label: '&', ink: '--text', values: [1, Number.NaN, 2] }], 'Step', 'loss'), barsDrawing([{ name: 'unit <1>', value: -2 }], 300, 1, 0.2)]) {
      const svg = drawingSvg(drawing)
      expect(new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('parsererror')).toBe(null)
      expect(svg).not.toMatch(/NaN|Infinity|a<b|<1>/)
    }
  })
})
