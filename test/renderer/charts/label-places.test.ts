import fc from 'fast-check'
import { expect, it } from 'vitest'
import { curveHeights, placeLabels } from '@renderer/charts/label-places'

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

it('goes to the other side of its line, or to the left, rather than cover a curve', () => {
  const above = curveHeights([{ x: 40, y: 92 }, { x: 440, y: 92 }], plot)
  expect(placeLabels([{ y: 100, width: 60 }], plot, [], [above])).toEqual([{ right: 434, y: 110 }])
  // A few points far apart are a line all the same; before x = 240 nothing is drawn.
  const end = [90, 110].map((y) => curveHeights([{ x: 240, y }, { x: 440, y }], plot))
  const [place] = placeLabels([{ y: 100, width: 60 }], plot, [], end)
  expect(place!.right).toBeLessThan(240)
  expect(place!.right).toBeGreaterThan(210)
})

it('covers as little as it must where curves are everywhere', () => {
  const all = [90, 110].map((y) => curveHeights([{ x: 40, y }, { x: 440, y }], plot))
  const thin = curveHeights([{ x: 40, y: 88 }, { x: 440, y: 88 }], plot)
  expect(placeLabels([{ y: 100, width: 60 }], plot, [], [...all, thin])).toEqual([{ right: 434, y: 110 }])
})

it('takes a value that is none for a gap', () => {
  const { low } = curveHeights([{ x: 44, y: 50 }, { x: 100, y: NaN }, { x: 140, y: 60 }], plot)
  expect([low[0], low[4], low[12]]).toEqual([50, NaN, 60])
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
