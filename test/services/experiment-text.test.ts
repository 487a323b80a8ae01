import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonSyntaxError, parseLocated, placeOf } from '@main/services/experiments/json-text'
import { nearestOf, unknownKeys } from '@main/services/experiments/unknown-keys'

const outcome = (parse: () => unknown): unknown => {
  try {
    return { value: parse() }
  } catch {
    return 'refused'
  }
}

describe('JSON with places', () => {
  test('reads what JSON.parse reads, to the same value', () => {
    fc.assert(fc.property(fc.json(), fc.constantFrom(0, 1, '\t'), (text, indent) => {
      const written = JSON.stringify(JSON.parse(text), null, indent)
      expect(parseLocated(written).value).toEqual(JSON.parse(written))
    }))
  })

  test('refuses what JSON.parse refuses', () => {
    // A valid text with one character changed, dropped or put in.
    fc.assert(fc.property(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '{', ']', '\\', '0', '.', '-', ' ', 'e', '\n', '\u0000'), fc.nat(1), (text, at, put, drop) => {
      const place = at % (text.length + 1)
      const changed = text.slice(0, place) + put + text.slice(place + drop)
      expect(outcome(() => parseLocated(changed).value)).toEqual(outcome(() => JSON.parse(changed) as unknown))
    }), { numRuns: 2000 })
  })

  test('knows where a value begins, and the nearest thing around one that is missing', () => {
    const text = '{\n  "a": { "b": [1, {"c": 5}] }\n}'
    const { offsetOf } = parseLocated(text)
    expect(placeOf(text, offsetOf(['a', 'b', 1, 'c']))).toEqual({ line: 2, column: 25 })
    expect(offsetOf(['a', 'b', 7])).toBe(offsetOf(['a', 'b']))
    expect(offsetOf([])).toBe(0)
  })

  test('tells each key that stands twice in its object, the last one counting', () => {
    const text = '{"a": 1,\n "b": {"a": 2, "c": 3, "c": 4},\n "\\u0061": 5}'
    const { value, repeated } = parseLocated(text)
    expect(value).toEqual({ a: 5, b: { a: 2, c: 4 } })
    expect(repeated.map(({ path, offset }) => [path.join('.'), placeOf(text, offset)])).toEqual([['b.c', { line: 2, column: 24 }], ['a', { line: 3, column: 2 }]])
  })

  test('does not run out of stack on deep nesting', () => {
    expect(() => parseLocated('['.repeat(100_000))).toThrow(JsonSyntaxError)
  })
})

test('unknown keys are found at any depth, with the one that was meant', () => {
  expect(unknownKeys({ a: { hidenSize: 3 }, zzz: 1 }, { a: { hiddenSize: 128 }, b: 2 })).toEqual([
    { path: ['a', 'hidenSize'], nearest: 'hiddenSize' },
    { path: ['zzz'], nearest: null },
  ])
  expect(nearestOf('Batchsize', ['window', 'batchSize'])).toBe('batchSize')
  expect(nearestOf('momentum', ['window', 'seed'])).toBe(null)
})
