// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { barsDrawing } from '@renderer/features/inspector/bars-drawing'
import { curvesPicture } from '@renderer/features/inspector/curves-picture'
import { drawingSvg, ticksBetween } from '@renderer/features/inspector/drawing'
import { guessHeader, ownColumns, ownFeature, readRows } from '@renderer/features/inspector/own-column'
import { curvesDrawing, scatterDrawing } from '@renderer/features/inspector/plot-drawing'
import { confusionDrawing, confusionPicture, saidPicture } from '@renderer/features/inspector/read-out-picture'
import type { Probe } from '@renderer/stores/meaning'

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

describe('a read-out taken away', () => {
  const base = { name: 'kind', tensor: 'h', step: 7, numeric: null, classes: null, classNames: null, confusion: null, points: null } as unknown as Probe
  const sound = (svg: string) => expect(new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('parsererror')).toBe(null)

  it('is a table of classes by answers: a row each, as dark as its share, its counts in the numbers', async () => {
    const confusion = Float32Array.of(3, 1, 0, 0, 4, 0, 0, 0, 0)
    const names = ['\n', 'a<b', 'none']
    const picture = confusionPicture({ ...base, classNames: names, confusion }, 'run')!
    expect(picture.table()).toEqual([['is', 'said \n', 'said a<b', 'said none'], ['\n', 3, 1, 0], ['a<b', 0, 4, 0], ['none', 0, 0, 0]])
    expect(picture.tensors()).toEqual([{ name: 'confusion', shape: [3, 3], values: confusion }])
    const cells = confusionDrawing(confusion, names).marks.filter((mark) => mark.kind === 'rect')
    expect(cells.map(({ opacity }) => opacity)).toEqual([0.525, 0.175, 0, 0, 0.7, 0, 0, 0, 0])
    expect(cells[1]!.title).toMatch(/^↵ → a<b: 1 \(25\.0.%\)$/)
    const svg = await picture.svg()
    sound(svg)
    expect(svg).not.toMatch(/NaN|a<b/)
    // Many classes are not written into their cells, and everything stays inside.
    const many = Array.from({ length: 40 }, (_, at) => `a class of long name ${at}`)
    const drawing = confusionDrawing(new Float32Array(1600), many)
    for (const mark of drawing.marks) if (mark.kind === 'rect') expect(mark.x >= 0 && mark.x + mark.width <= drawing.width && mark.y + mark.height <= drawing.height).toBe(true)
    expect(drawing.marks.filter((mark) => mark.kind === 'text')).toHaveLength(81)
    expect(saidPicture({ ...base, classNames: names, confusion }, 'run')).toBe(null)
  })

  it('is points of what is against what is said', async () => {
    const points = { truth: Float32Array.of(0, 1, 2), said: Float32Array.of(0.5, 1, 1.5) }
    const picture = saidPicture({ ...base, points }, 'run')!
    expect(picture.table()).toEqual([['kind', 'read-out'], [0, 0.5], [1, 1], [2, 1.5]])
    expect(picture.tensors().map(({ name, values }) => [name, values])).toEqual([['truth', points.truth], ['said', points.said]])
    const svg = await picture.svg()
    sound(svg)
    expect(svg.match(/<circle/g)).toHaveLength(3)
    expect(confusionPicture({ ...base, points }, 'run')).toBe(null)
  })
})

it('curves taken away have a row a step and a tensor each, however long', async () => {
  const curve = (tensor: string, ...values: number[]) => ({ label: `unit of ${tensor}`, ink: '--text', tensor, values: Float32Array.from(values) })
  const picture = curvesPicture('run-units-1-2', [curve('first', 1, 2, 3), curve('second', 0.5, 0.25)], ['a', ' ', 'b'], 'h', { r: '1' })
  expect(picture.table()).toEqual([['step', 'label', 'unit of first', 'unit of second'], [0, 'a', 1, 0.5], [1, ' ', 2, 0.25], [2, 'b', 3, '']])
  expect(picture.tensors().map(({ name, shape }) => [name, shape])).toEqual([['first', [3]], ['second', [2]]])
  expect(picture.metadata).toEqual({ format: 'pt', producer: 'unroll', r: '1', labels: '["a"," ","b"]' })
  expect((await picture.svg()).match(/<polyline[^>]+stroke-width="1.5"/g)).toHaveLength(2)
})
