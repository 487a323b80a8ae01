// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { readCell } from '@renderer/features/inspector/cell-words'
import { ColourMap, parseHex } from '@renderer/features/inspector/colour-map'
import { cellAt, cellPlace, type HeatmapLayout, moveCell, rowHeightFor, scrollTo, totalWidth } from '@renderer/features/inspector/heatmap-geometry'
import { tickEvery } from '@renderer/features/inspector/heatmap-painter'
import { orderUnits, scaleLimit, unitTrace } from '@renderer/features/inspector/trace'
import { fakeRun } from '../support/fake-runs'
import { fakeStates } from '../support/fake-run-host'

const layout: HeatmapLayout = { steps: 10_000, units: 512, cellWidth: 3, rowHeight: 2, left: 40, top: 50 }

describe('heatmap geometry', () => {
  it('finds the cell under every pixel, wherever it is scrolled to', () => {
    for (const scroll of [{ x: 0, y: 0 }, { x: 12_345, y: 17 }, { x: totalWidth(layout) - 900, y: 500 }]) {
      for (const [x, y] of [[40, 50], [41, 51], [43, 52], [399, 300]] as const) {
        const cell = cellAt(layout, x, y, scroll)!
        const place = cellPlace(layout, cell, scroll)
        expect(x - place.x).toBeGreaterThanOrEqual(0)
        expect(x - place.x).toBeLessThan(3)
        expect(y - place.y).toBeGreaterThanOrEqual(0)
        expect(y - place.y).toBeLessThan(2)
      }
    }
    expect(cellAt(layout, 39, 60, { x: 0, y: 0 })).toBeNull()
    expect(cellAt(layout, 60, 49, { x: 0, y: 0 })).toBeNull()
    expect(cellAt(layout, 41, 60, { x: 30_000, y: 0 })).toBeNull()
  })

  it('moves by keys and stays inside', () => {
    const at = (step: number, row: number) => ({ step, row })
    expect(moveCell(layout, at(5, 5), 'ArrowRight', false)).toEqual(at(6, 5))
    expect(moveCell(layout, at(5, 5), 'ArrowUp', true)).toEqual(at(5, 0))
    expect(moveCell(layout, at(5, 5), 'Home', false)).toEqual(at(0, 5))
    expect(moveCell(layout, at(5, 5), 'End', false)).toEqual(at(9_999, 5))
    expect(moveCell(layout, at(9_999, 511), 'ArrowRight', true)).toEqual(at(9_999, 511))
    expect(moveCell(layout, at(0, 0), 'x', false)).toBeNull()
  })

  it('scrolls no further than needed to show a cell', () => {
    const viewport = { width: 640, height: 450 }
    expect(scrollTo(layout, { step: 10, row: 10 }, { x: 0, y: 0 }, viewport)).toEqual({ x: 0, y: 0 })
    expect(scrollTo(layout, { step: 200, row: 0 }, { x: 0, y: 0 }, viewport)).toEqual({ x: 3, y: 0 })
    expect(scrollTo(layout, { step: 1, row: 511 }, { x: 900, y: 0 }, viewport)).toEqual({ x: 3, y: 624 })
  })

  it('gives rows the room there is', () => {
    expect(rowHeightFor(8, 320)).toBe(16)
    expect(rowHeightFor(128, 320)).toBe(2)
    expect(rowHeightFor(4096, 320)).toBe(1)
    expect(tickEvery(3, 64)).toBe(50)
    expect(tickEvery(70, 64)).toBe(1)
  })
})

describe('the value under the pointer', () => {
  const states = { ...fakeStates(fakeRun('text'), [...'Call me\nIshmael.']), tensor: 'h_l0', names: null }

  it('is the exact one, of the unit that the order put there', () => {
    const order = orderUnits(states, 'activity')
    const cell = { step: 7, row: 3 }
    const value = states.hidden[7 * states.units + order[3]!]!
    const words = readCell(states, order, cell, true)
    expect(words).toContain(`unit ${order[3]}  `)
    expect(words).toContain('step 7')
    expect(words).toContain('“↵”')
    expect(Number(/h = (−?[\d.]+)/.exec(words)![1]!.replace('−', '-'))).toBeCloseTo(value, 5)
  })

  it('comes with the probability of the next symbol only where there is one', () => {
    const surprise = new Float32Array(states.steps).fill(Number.NaN)
    surprise[2] = 0.25
    const order = orderUnits(states, 'index')
    expect(readCell({ ...states, surprise }, order, { step: 2, row: 0 }, true)).toContain('p(next) = 0.2500')
    expect(readCell({ ...states, surprise }, order, { step: 3, row: 0 }, true)).not.toContain('p(next)')
  })
})

describe('order and scale', () => {
  const states = { runId: 'r', step: 1, units: 3, steps: 2, hidden: Float32Array.of(0.1, -2, 0.5, 0.2, 2, 0.5), labels: ['a', 'b'], surprise: null }

  it('puts the units that vary most first', () => {
    expect([...orderUnits(states, 'activity')]).toEqual([1, 0, 2])
    expect([...orderUnits(states, 'index')]).toEqual([0, 1, 2])
    expect([...unitTrace(states, 1)]).toEqual([-2, 2])
  })

  it('ends at 1 for tanh and at the largest magnitude for ReLU', () => {
    expect(scaleLimit(states, true)).toBe(1)
    expect(scaleLimit(states, false)).toBe(2)
    expect(scaleLimit({ ...states, hidden: new Float32Array(6) }, false)).toBe(1)
  })
})

describe('the diverging colours', () => {
  const map = new ColourMap(2, [0, 0, 255], [255, 255, 255], [255, 0, 0])

  it('have their three colours at the ends and the middle, and stop there', () => {
    expect(map.rgb(-2)).toEqual([0, 0, 255])
    expect(map.rgb(0)).toEqual([255, 255, 255])
    expect(map.rgb(2)).toEqual([255, 0, 0])
    expect(map.rgb(99)).toEqual(map.rgb(2))
    // 255 levels: half way is met within one of them.
    for (const channel of map.rgb(1).slice(1)) expect(Math.abs(channel - 127.5)).toBeLessThanOrEqual(2)
  })

  it('show NaN as no value does', () => {
    for (const value of [-2, -1, 0, 1, 2]) expect(map.packed(Number.NaN)).not.toBe(map.packed(value))
  })

  it('write in ink that keeps 4.5 to 1 on every value', () => {
    const theme = new ColourMap(1, parseHex('#2a5fb0')!, parseHex('#f5f6f6')!, parseHex('#b8450f')!)
    const linear = (channel: number) => (channel /= 255) <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
    for (let value = -1; value <= 1; value += 0.05) {
      const [red, green, blue] = theme.rgb(value)
      const light = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
      const contrast = theme.ink(value) === '#000000' ? (light + 0.05) / 0.05 : 1.05 / (light + 0.05)
      expect(contrast).toBeGreaterThanOrEqual(4.5)
    }
  })
})
