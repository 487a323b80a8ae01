import { expect, it } from 'vitest'
import { cellWidth, columnsCounted, namedColumns } from '@renderer/features/playground/matrix-columns'

const steps = (count: number, from = 1) => Array.from({ length: count }, (_, index) => String(index + from))
const named = (columns: string[], cell: number) => namedColumns(columns, cell, columnsCounted(columns)).map(({ symbol }) => symbol)

it('names all columns where there is room', () => {
  expect(named(steps(12), 30)).toEqual(steps(12))
  expect(named(['a', 'b', 'bc'], 15)).toEqual(['a', 'b', 'bc'])
})

it('names numbered columns as far apart as their numbers need', () => {
  expect(named(steps(22), 15)).toEqual(['2', '4', '6', '8', '10', '12', '14', '16', '18', '20', '22'])
  expect(named(steps(47), 9)).toEqual(['1', '5', '10', '15', '20', '25', '30', '35', '40', '45'])
  expect(named(steps(120), 4)).toEqual(['1', '10', '20', '30', '40', '50', '60', '70', '80', '90', '100', '110', '120'])
  expect(named(steps(30, 91), 5)).toEqual(['91', '100', '110', '120'])
})

it('never lets two names touch', () => {
  for (const count of [2, 9, 10, 35, 99, 100, 120, 1000]) {
    for (const cell of [3, 5, 8, 15, 21, 30]) {
      const found = namedColumns(steps(count), cell, true)
      found.slice(1).forEach(({ symbol, column }, index) => expect((column - found[index]!.column) * cell).toBeGreaterThan(7.4 * symbol.length))
    }
  }
})

it('takes numbers one after another alone as numbered', () => {
  expect(columnsCounted(['3', '4', '5'])).toBe(true)
  expect([['1', '3'], ['a', 'b'], ['7'], ['1', '2', ' ']].map(columnsCounted)).toEqual([false, false, false, false])
})

it('keeps all numbered columns in sight, and symbols wide enough to be read', () => {
  expect(cellWidth(120, 500, true) * 120).toBeLessThanOrEqual(500)
  expect(cellWidth(120, 500, false)).toBe(15)
  expect(cellWidth(4, 500, true)).toBe(30)
})
