// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { ColourMap } from '@renderer/features/inspector/colour-map'
import { InputLane } from '@renderer/features/inspector/input-lane'
import type { HeatmapScene } from '@renderer/features/inspector/heatmap-painter'

const colours = new ColourMap(3, [0, 0, 255], [255, 255, 255], [255, 0, 0])
const scene = { layout: { left: 40, cellWidth: 10 }, scroll: { x: 100, y: 0 }, ink: { accent: '#0a0', text: '#000', faint: '#999' } } as unknown as HeatmapScene

describe('what was read, along a heatmap’s axis', () => {
  it('is a curve a column, each over its own range, above the cells of its steps', () => {
    const lane = new InputLane({ width: 2, steps: 50, values: Float32Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? at / 2 : 7)) }, colours)
    const curves: [number, number][][] = []
    const context = { beginPath: () => curves.push([]), lineTo: (x: number, y: number) => curves.at(-1)!.push([x, y]), stroke: () => undefined } as unknown as CanvasRenderingContext2D
    lane.paint(context, scene, 20, 10, 20)
    // The first column on top; one step more on either side.
    const first = curves[1]!
    expect(first).toHaveLength(12)
    // Step 10 in the middle of its cell; the ramp rises from the lane's foot to its head over all 50 steps.
    expect(first[1]![0]).toBe(40 + 10.5 * 10 - 100)
    expect(first[1]![1]).toBeCloseTo(22 + (1 - 10 / 49) * (lane.height - 4), 6)
    // A column that never moves is a straight line, not a division by zero.
    expect(new Set(curves[0]!.map(([, y]) => y)).size).toBe(1)
  })

  it('is as high as a spectrogram needs, within bounds', () => {
    const heights = [1, 13, 60, 500].map((width) => new InputLane({ width, steps: 3, values: new Float32Array(3 * width) }, colours).height)
    expect(heights).toEqual([40, 40, 60, 80])
  })
})
