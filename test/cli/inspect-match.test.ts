import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readSafetensors, writeSafetensors } from '@main/formats/safetensors'
import { planted, plantedNetwork, plantedText, symbols } from '../engine/inspect/planted'
import { unroll, writeExperiment } from './run-unroll'

const text = plantedText(6000)
let folder: string
let run: string

/** The network made by hand as a run: one step with a learning rate too small to change a float32. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-test-'))
  const { weights } = plantedNetwork()
  // A run's vocabulary is sorted; the columns of W follow it.
  const W = weights['rnn.weight_ih_l0']!
  const sorted = [...symbols].sort()
  const own = W.data.slice()
  W.data.forEach((_, at) => { W.data[at] = own[at - at % symbols.length + symbols.indexOf(sorted[at % symbols.length]!)]! })
  writeFileSync(join(folder, 'made.safetensors'), writeSafetensors(Object.fromEntries(Object.entries(weights).map(([name, { shape, data }]) => [name, { dtype: 'F32' as const, shape: [...shape], data }])), {}))
  const file = writeExperiment(folder, { maxSteps: 1, optimizer: { kind: 'sgd', learningRate: 1e-30 } }, { model: { cell: 'lstm', hiddenSize: 16, init: 'made.safetensors' } })
  writeFileSync(join(folder, 'corpus.txt'), text)
  run = join(folder, 'run')
  const { code, stderr } = await unroll(['train', file, '--out', run])
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const inspect = (out: string, ...words: string[]) => unroll(['inspect', run, '--weights', 'last', '--tensors', 'h', '--out', join(folder, out), ...words])
const read = (name: string) => readSafetensors(readFileSync(join(folder, name)))

/** Longest stretches of the text over which something holds, as "from length". */
function stretches(holds: (at: number) => boolean): string[] {
  const found: string[] = []
  for (let from = 0, to = 0; from < text.length; from = to = to + 1) {
    while (to < text.length && holds(to)) to++
    if (to > from) found.push(`${from} ${to - from}`)
  }
  return found.sort()
}
const placesIn = ({ tensors }: ReturnType<typeof read>) => Array.from({ length: tensors['match.places']!.shape[0]! }, (_, row) => [0, 1, 2].map((column) => Number(tensors['match.places']!.data[row * 3 + column])))
const clockAt = Array.from(text, ((since) => (symbol: string) => (since = symbol === '\n' ? 0 : since + 1))(0))
const latchAt = Array.from(text, ((state) => (symbol: string) => (state = symbol === '<' ? 1 : symbol === '>' ? -1 : state))(0))

test.each([
  ['the latch: from every < up to its >', String(planted.latch), '0.5', (at: number) => latchAt[at] === 1],
  ['the latch, off again', `-${planted.latch}`, '0.5', (at: number) => latchAt[at] === -1],
  // tanh(0.02 · 28) is the first above 0.5.
  ['the clock: 28 steps after a newline and later', String(planted.clock), '0.5', (at: number) => clockAt[at]! >= 28],
] as const)('--match-units finds %s', async (_, unit, threshold, holds) => {
  const { code, stdout, stderr } = await inspect('units.safetensors', '--input', 'a', '--match-units', unit, '--threshold', threshold, '--top', '100000')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const file = read('units.safetensors')
  const places = placesIn(file)
  expect(places.map(([, from, length]) => `${from} ${length}`).sort()).toEqual(stretches(holds))
  expect(places.length).toBeGreaterThan(20)
  expect(places.every(([sequence]) => sequence === -1)).toBe(true)
  const told = JSON.parse(file.metadata['match.read']!) as string[]
  expect(told).toEqual(places.map(([, from, length]) => text.slice(from, from! + Math.min(200, length!))))
  expect(JSON.parse(file.metadata['match']!)).toMatchObject({ tensor: 'h_l0', threshold: 0.5, steps: 6000, places: places.length, least: 1 })
  expect(stdout).toContain(`match: 1 unit of h_l0 on at 0.5: ${unit.replace('-', '−')}\n${places.length} places in 6,000 steps of the data`)
})

test('--match selects the units on over steps of what is read, and ranks their places', async () => {
  const { code, stderr } = await inspect('match.safetensors', '--input', 'ab<cab>c', '--match', '2:4', '--off', 'before,after', '--threshold', '0.7', '--top', '40')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const file = read('match.safetensors')
  const [units, scores, h] = ['match.units', 'match.scores', 'h_l0'].map((name) => file.tensors[name]!)
  const named = Array.from({ length: units!.shape[0]! }, (_, row) => Number(units!.data[row * 2]))
  // Just those at or above the threshold at steps 2 to 5, and below it at steps 1 and 6.
  const on = (step: number, unit: number) => Number(h!.data[step * 16 + unit]) >= 0.7
  expect(named).toEqual(Array.from({ length: 16 }, (_, unit) => unit).filter((unit) => [2, 3, 4, 5].every((step) => on(step, unit)) && !on(1, unit) && !on(6, unit)))
  expect(named).toContain(planted.latch)
  const places = placesIn(file)
  expect(places.length).toBeGreaterThan(0)
  for (const [row, [, from, length]] of places.entries()) {
    const [shared, union] = [Number(scores!.data[row * 2]), Number(scores!.data[row * 2 + 1])]
    expect(union).toBeGreaterThanOrEqual(named.length)
    if (row > 0) expect(shared).toBeLessThanOrEqual(Number(scores!.data[row * 2 - 2]))
    if (shared === named.length) for (let at = from!; at < from! + length!; at++) expect(latchAt[at]).toBe(1)
  }
})

test('a table has one row a place, with what is read there', async () => {
  const { code, stdout } = await inspect('places.csv', '--data', '100:50', '--match-units', String(planted.latch), '--threshold', '0.5', '--rank', 'length', '--least', '3', '--top', '7')
  expect(code).toBe(0)
  expect(stdout).toMatch(/places\.csv: .*: places/)
  const rows = parse(readFileSync(join(folder, 'places.csv'), 'utf8'), { columns: true }) as Record<string, string>[]
  expect(Object.keys(rows[0]!)).toEqual(['rank', 'sequence', 'from', 'length', 'shared', 'union', 'before', 'read', 'after'])
  const lengths = stretches((at) => latchAt[at] === 1).map((place) => Number(place.split(' ')[1])).sort((a, b) => b - a)
  expect(rows.map(({ length }) => Number(length))).toEqual(lengths.slice(0, 7))
  for (const { from, length, before, read: own, after } of rows) {
    const [start, end] = [Number(from), Number(from) + Number(length)]
    expect([before, own, after]).toEqual([text.slice(Math.max(0, start - 20), start), text.slice(start, Math.min(end, start + 200)), text.slice(end, end + 20)])
  }
})

test('of pairs the encoder is matched, and places are sequences of the data', async () => {
  const own = join(folder, 'dates')
  writeFileSync(join(folder, 'dates.json'), JSON.stringify({
    unroll: 1, name: 'dates', device: 'cpu', data: { kind: 'generated', generator: 'dates', examples: 300 }, task: { output: 'sequence', loss: 'cross-entropy' },
    model: { cell: 'gru', hiddenSize: 8 }, training: { epochs: 1, maxSteps: 3, batchSize: 16, optimizer: { kind: 'adam', learningRate: 0.005 } },
  }))
  expect(await unroll(['train', join(folder, 'dates.json'), '--out', own])).toMatchObject({ code: 0 })
  const asked = (record: number, ...words: string[]) => unroll(['inspect', own, '--record', String(record), '--tensors', 'h', '--out', join(folder, 'pairs.safetensors'), ...words])
  expect(await asked(3, '--match', '2:3', '--threshold', '0.1', '--signs', 'both', '--jacobian', '1')).toMatchObject({ code: 0, stderr: '' })
  const { tensors, metadata } = read('pairs.safetensors')
  expect([tensors['jacobian.encoder.l0']!.shape, tensors['jacobian.decoder.l0']!.shape]).toEqual([[1, 8, 2], [1, 8, 2]])
  const [sequence, from, length] = placesIn({ tensors, metadata })[0]! as [number, number, number]
  const told = (JSON.parse(metadata['match.read']!) as string[])[0]
  const units = tensors['match.units']!
  expect(await asked(sequence)).toMatchObject({ code: 0 })
  const there = read('pairs.safetensors')
  expect(told).toBe((JSON.parse(there.metadata['labels']!) as string[]).slice(from, from + length).join(''))
  // Read by itself, that sequence has the units on where they were found.
  const h = there.tensors['encoder.h_l0']!
  for (let step = from; step < from + length; step++) {
    for (let row = 0; row < units.shape[0]!; row++) expect(Number(units.data[row * 2 + 1]) * Number(h.data[step * 8 + Number(units.data[row * 2])])).toBeGreaterThanOrEqual(0.0999)
  }
}, 60_000)

test('--jacobian: what counts, clocks or latches keeps its state, λ = 1; a newline sets the clock back', async () => {
  const { code, stderr } = await inspect('jacobian.safetensors', '--input', 'ab\na', '--jacobian', '1,2')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { tensors } = read('jacobian.safetensors')
  const eigen = tensors['jacobian.l0']!
  expect(eigen.shape).toEqual([2, 32, 2])
  expect([...tensors['jacobian.steps']!.data]).toEqual([1, 2])
  const ones = (row: number) => Array.from({ length: 32 }, (_, at) => Math.hypot(Number(eigen.data[(row * 32 + at) * 2]) - 1, Number(eigen.data[(row * 32 + at) * 2 + 1]))).filter((distance) => distance < 1e-5).length
  expect([ones(0), ones(1)]).toEqual([3, 2])
  expect(await inspect('jacobian.safetensors', '--input', 'abc', '--jacobian', '3')).toMatchObject({ code: 1, stderr: expect.stringMatching(/no step 3 [^]*0 to 2/) as string })
})

test.each([
  [['--match', '0:9'], 1, /ends at step 9, but what is read has 3/],
  [['--match', '0:3', '--threshold', '0.99'], 1, /No unit of h_l0 is on [^]*Lower --threshold/],
  [['--match-units', '16'], 1, /h_l0 has no unit 16[^]*0 to 15/],
  [['--match-units', '3,-3'], 2, /unit 3 stands there twice/],
  [['--match-units', 'three'], 2, /"three" is no unit/],
  [['--match-units', '3', '--match', '0:1'], 2, /both given/],
  [['--match-units', '3', '--off', 'before'], 2, /--off goes with --match\./],
  [['--match-units', '3', '--match-tensor', 'h_l1'], 1, /no "h_l1" to match[^]*h_l0/],
  [['--match-units', '3', '--threshold', '0.305'], 2, /two decimals/],
  [['--match', '0:1', '--off', 'between'], 2, /expected before, after/],
  [['--threshold', '0.4'], 2, /--threshold goes with --match or --match-units/],
  [['--seed', '4'], 2, /of UMAP/],
] as const)('%j is refused with a sentence', async (words, code, said) => {
  expect(await inspect('refused.safetensors', '--input', 'abc', ...words)).toMatchObject({ code, stderr: expect.stringMatching(said) as string })
})
