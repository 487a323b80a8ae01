import { describe, expect, it } from 'vitest'
import { keyOfEdit, useEdits } from '@renderer/features/inspector/use-edits'
import { holdables } from '@renderer/features/inspector/edit-words'
import { outputChanges, sideBySide } from '@renderer/features/inspector/output-change'
import type { Edit } from '@renderer/stores/ablate'

const unit = (which: number, value = 0): Edit => ({ kind: 'unit', cell: 'l0', unit: which, of: 'h', value })

describe('edits', () => {
  it('of the same thing take each other’s place, and those of one move are undone together', () => {
    let now = 0
    const edits = useEdits(() => now)
    edits.put(unit(1))
    for (const value of [0.1, 0.2, 0.3]) {
      now += 100
      edits.put(unit(2, value))
    }
    now += 5000
    edits.put(unit(2, 0.9))
    expect(edits.edits.value).toEqual([unit(1), unit(2, 0.9)])
    edits.undo()
    expect(edits.edits.value).toEqual([unit(1), unit(2, 0.3)])
    edits.undo()
    expect(edits.edits.value).toEqual([unit(1)])
    edits.redo()
    edits.redo()
    expect(edits.edits.value).toEqual([unit(1), unit(2, 0.9)])
    expect(edits.canRedo.value).toBe(false)
  })

  it('come back after a reset, and something new forgets what was undone', () => {
    const edits = useEdits()
    edits.put(unit(1))
    edits.reset()
    expect(edits.edits.value).toEqual([])
    edits.undo()
    expect(edits.edits.value).toEqual([unit(1)])
    edits.remove(keyOfEdit(unit(1)))
    edits.undo()
    edits.put(unit(3))
    expect(edits.canRedo.value).toBe(false)
    edits.undo()
    edits.undo()
    edits.undo()
    expect(edits.edits.value).toEqual([])
    expect(edits.canUndo.value).toBe(false)
  })
})

it('what can be held is what the cell has', () => {
  const of = (cell: 'rnn' | 'gru' | 'lstm') => holdables({ cell, activation: 'tanh' }).map(({ id }) => id).join('')
  expect([of('rnn'), of('gru'), of('lstm')]).toEqual(['h', 'hrzn', 'hcifgo'])
})

describe('the change of outputs', () => {
  it('of classes is KL in nats, nothing where nothing changed', () => {
    const [p, q] = [[0.5, 0.5], [0.9, 0.1]]
    const before = Float32Array.from([...p, ...p].map(Math.log))
    // A constant on all logits changes no probability.
    const after = Float32Array.from([...q, ...p].map((share) => Math.log(share) + 7))
    const changes = outputChanges(before, after, 2, true)
    expect(changes[0]).toBeCloseTo(0.5 * Math.log(0.5 / 0.9) + 0.5 * Math.log(0.5 / 0.1), 5)
    expect(changes[1]).toBeCloseTo(0, 6)
  })

  it('of numbers is the mean distance', () => {
    expect([...outputChanges(Float32Array.of(1, 2, 3, 4), Float32Array.of(1, 4, 3, 4), 2, false)]).toEqual([1, 0])
  })

  it('is shown for the classes likeliest in either', () => {
    const rows = sideBySide(Float32Array.of(5, 0, 0, -9), Float32Array.of(0, 0, 5, -9), ['a', 'b', 'c', 'd'], true, 2)
    expect(rows.map(({ name }) => name).toSorted()).toEqual(['a', 'c'])
    expect(rows[0]!.before + rows[1]!.before).toBeLessThanOrEqual(1)
  })
})
