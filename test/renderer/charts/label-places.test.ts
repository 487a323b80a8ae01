import fc from 'fast-check'
import { expect, it } from 'vitest'
import { placeLabels } from '@renderer/charts/label-places'

const plot = { left: 40, right: 440, top: 10, bottom: 210 }

it('names a line at the right, above it; below where the plot ends', () => {
  expect(placeLabels([{ y: 100, width: 60 }, { y: 12, width: 60 }], plot, [])).toEqual([{ right: 434, y: 90 }, { right: 434, y: 22 }])
})

it('names of lines close to each other stand side by side or above and below, never on each other', () => {
  const places = placeLabels([{ y: 100, width: 60 }, { y: 100, width: 60 }, { y: 101, width: 60 }], plot, [])
  expect(places).toEqual([{ right: 434, y: 90 }, { right: 434, y: 110 }, { right: 362, y: 91 }])
})

it('makes way for what is there, and gives up where there is no room', () => {
  const taken = { left: 380, right: 440, y: 92 }
  expect(placeLabels([{ y: 100, width: 60 }], plot, [taken])).toEqual([{ right: 434, y: 110 }])
  expect(placeLabels([{ y: 300, width: 60 }, { y: 100, width: 500 }], plot, [])).toEqual([null, null])
})

it('never covers another name, whatever the lines', () => {
  const line = fc.record({ y: fc.integer({ min: 0, max: 230 }), width: fc.integer({ min: 20, max: 150 }) })
  fc.assert(fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
    const found = placeLabels(lines, plot, []).flatMap((place, at) => (place ? [{ ...place, left: place.right - lines[at]!.width }] : []))
    for (const [at, one] of found.entries()) {
      expect(one.left >= plot.left && one.right <= plot.right && one.y >= plot.top && one.y <= plot.bottom).toBe(true)
      for (const other of found.slice(at + 1)) expect(Math.abs(one.y - other.y) >= 16 || one.left > other.right || other.left > one.right).toBe(true)
    }
  }))
})
