// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest'
import { UnrollError } from '@shared/errors'
import { experimentSchema } from '@shared/experiment/schema'
import { matrixCsv, matrixSvg } from '@renderer/features/playground/matrix-file'
import { playOf } from '@renderer/features/playground/play'
import PlaygroundScreen from '@renderer/features/playground/PlaygroundScreen.vue'
import { ranked, readingMatrix } from '@renderer/features/playground/ranked-classes'
import { answerInWords, answerRows, asReading, inputMatrix } from '@renderer/features/playground/record-rows'
import { fakeRunHost } from '../support/fake-run-host'
import { fakeRun } from '../support/fake-runs'
import { mountScreen, settle } from '../support/mount-screen'

afterEach(() => { document.body.innerHTML = '' })

const pairs = fakeRun('records', {
  experiment: experimentSchema.parse({
    unroll: 1, name: 'dates', data: { kind: 'generated', generator: 'dates' }, task: { output: 'sequence', loss: 'cross-entropy' }, model: { cell: 'gru', hiddenSize: 8, attention: true }, training: {},
  }),
})
const answer = (beam: number) => ({
  step: 40, source: ['3', ' ', 'M'], unknown: [],
  candidates: Array.from({ length: beam }, (_, at) => ({ text: at === 0 ? '05' : `0${at}`, symbols: ['0', at === 0 ? '5' : String(at)], logProbability: -0.1 - at, ended: true, attention: Float32Array.of(0, 0, 1, 0, 0, 1, 1, 0, 0) })),
})

describe('the playground of pairs', () => {
  it('decodes a held-out record at first, says whether it is right, and lets the beam be widened', async () => {
    const { host, calls } = fakeRunHost([pairs], undefined, { 'playground.example': () => ({ part: 'test', text: '3 M', expected: '05' }), 'playground.answer': ({ beam }) => answer(beam) })
    const screen = await mountScreen(PlaygroundScreen, pairs.id, host)
    await settle()
    expect(calls.filter(({ method }) => method === 'playground.answer').map(({ params }) => params)).toEqual([{ id: pairs.id, source: '3 M', length: 100, beam: 1 }])
    expect(screen.text()).toContain('right, test part')
    expect(screen.text()).toContain('Attention')
    await screen.findAll('button').find((button) => button.text() === 'Beam')!.trigger('click')
    await settle()
    expect(calls.at(-1)?.params).toMatchObject({ beam: 5 })
    const radios = screen.findAll('input[type=radio]')
    expect(radios).toHaveLength(5)
    expect(screen.findAll('.candidates tbody tr').map((row) => row.findAll('td')[1]!.text())).toEqual(['05', '01', '02', '03', '04'])
    screen.unmount()
  })

  it('shows why nothing could be decoded, and keeps the source', async () => {
    const { host } = fakeRunHost([pairs], undefined, { 'playground.example': () => ({ part: 'test', text: '3 M', expected: '05' }), 'playground.answer': () => { throw new UnrollError('run.no-weights', 'There are no weights yet.') } })
    const screen = await mountScreen(PlaygroundScreen, pairs.id, host)
    await settle()
    expect(screen.text()).toContain('There are no weights yet.')
    expect(screen.get('textarea').element.value).toBe('3 M')
    screen.unmount()
  })
})

describe('the playground of sequences that can\'t be typed', () => {
  const arrays = fakeRun('records', { experiment: experimentSchema.parse({ unroll: 1, name: 'arrays', data: { kind: 'tensors', source: 'a.npz' }, task: { output: 'last-step', loss: 'cross-entropy' }, model: { cell: 'gru', hiddenSize: 8 }, training: {} }) })
  const common = { step: 7, part: 'test' as const, number: 2, of: 9, steps: 2 }
  const classed = { ...common, everyStep: false, inputs: { kind: 'values' as const, width: 2, values: Float32Array.of(1, -4, 3, -4) }, classes: ['low', 'high'], outputSize: 2, outputs: Float32Array.of(0.5, 0.5, 0.2, 0.8), targets: Float32Array.of(1) }
  const numbers = { ...common, everyStep: true, inputs: { kind: 'tokens' as const, ids: [4, 0] }, classes: null, outputSize: 2, outputs: Float32Array.of(1, 2, 3, 4), targets: Float32Array.of(1, 2.5, 3, 3) }

  it('shows one with its numbers, its class and how that came about; and draws another', async () => {
    const { host, calls } = fakeRunHost([arrays], undefined, { 'playground.record': () => classed })
    const screen = await mountScreen(PlaygroundScreen, arrays.id, host)
    await settle()
    expect(screen.text()).toContain('number 2 of the 9 in the test part, 2 steps')
    expect(screen.text()).toContain('right, test part')
    expect(screen.findAll('.classes tr').map((row) => row.text())).toEqual(['high80.0 %', 'low20.0 %'])
    expect(screen.findAll('.cell')).toHaveLength(4 + 4)
    await screen.findAll('button').find((button) => button.text() === 'Another one')!.trigger('click')
    await settle()
    expect(calls.filter(({ method }) => method === 'playground.record')).toHaveLength(2)
    screen.unmount()
  })

  it('lists answers at every step, and says why none came', async () => {
    let fails = false
    const { host } = fakeRunHost([arrays], undefined, { 'playground.record': () => { if (fails) throw new UnrollError('run.no-weights', 'There are no weights yet.'); return numbers } })
    const screen = await mountScreen(PlaygroundScreen, arrays.id, host)
    await settle()
    expect(screen.text()).toContain('4 0')
    expect(screen.text()).toContain('mean absolute error 0.375')
    expect(screen.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()))).toEqual([['1', '1', '1.000', '1.000', '0'], ['1', '2', '2.500', '2.000', '0.500'], ['2', '1', '3.000', '3.000', '0'], ['2', '2', '3.000', '4.000', '1.00']])
    fails = true
    await screen.findAll('button').find((button) => button.text() === 'Another one')!.trigger('click')
    await settle()
    expect(screen.text()).toContain('There are no weights yet.')
    screen.unmount()
  })

  it('puts numbers side by side', () => {
    expect(inputMatrix(classed)).toMatchObject({ matrix: { rows: ['1', '2'], columns: ['1', '2'], values: Float32Array.of(0, 1, 0, 0) }, whole: true })
    expect(inputMatrix(numbers)).toBeNull()
    // Read both ways there is one answer, after the last step.
    expect(asReading({ ...classed, outputs: Float32Array.of(0.2, 0.8) })).toMatchObject({ symbols: ['2'] })
    expect(answerRows({ ...numbers, everyStep: false, outputs: Float32Array.of(9, 9, 1, 2), targets: Float32Array.of(1, 5) })).toEqual([{ step: null, output: 1, target: 1, network: 1, figure: 0 }, { step: null, output: 2, target: 5, network: 2, figure: 3 }])
    const told = answerRows({ ...classed, everyStep: true, targets: Float32Array.of(0, 0) })
    expect(told).toMatchObject([{ step: 1, target: 'low', network: 'low', figure: 0.5 }, { step: 2, target: 'low', network: 'high' }])
    expect(answerInWords(classed, told, String)).toBe('right at 1 of 2 steps')
  })
})

describe('the playground of classes', () => {
  const said = { step: 3, symbols: ['a', 'b'], unknown: [1], classes: ['x', 'y', 'z'], probabilities: Float32Array.of(0.7, 0.2, 0.1, 0.2, 0.5, 0.3) }

  it('shows the classes by their probability, and says what was unknown or expected', async () => {
    const { host } = fakeRunHost([fakeRun('records')], undefined, { 'playground.example': () => ({ part: 'validation', text: 'ab', expected: 'z' }), 'playground.classify': () => said })
    const screen = await mountScreen(PlaygroundScreen, 'run-records', host)
    await settle()
    expect(screen.findAll('.classes tr').map((row) => row.text())).toEqual(['y50.0 %', 'z30.0 %', 'x20.0 %'])
    expect(screen.text()).toContain('validation part says z')
    expect(screen.text()).toContain('Read as unknown')
    screen.unmount()
  })

  it('says what to do or that it reads, never both', async () => {
    const { host } = fakeRunHost([fakeRun('records')], undefined, { 'playground.example': () => new Promise(() => {}), 'playground.classify': () => said })
    const drawing = await mountScreen(PlaygroundScreen, 'run-records', host)
    await settle()
    expect(drawing.text()).toContain('Reading…')
    expect(drawing.text()).not.toContain('Type a sequence in the style')
    drawing.unmount()
  })

  it('ranks by the end, and keeps the rows that ever led', () => {
    expect(ranked(said).map(({ name }) => name)).toEqual(['y', 'z', 'x'])
    const { rows, values } = readingMatrix(said, 2)
    expect(rows).toEqual(['y', 'x'])
    for (const [at, value] of [0.2, 0.5, 0.7, 0.2].entries()) expect(values[at]).toBeCloseTo(value)
  })
})

it('a matrix leaves as a table and as a picture, whatever its symbols', () => {
  const matrix = { rows: ['"', '<'], columns: [',', ' '], values: Float32Array.of(1, 0, 0.25, 0.75) }
  expect(matrixCsv(matrix)).toBe(',","," "\n"""",1.00000,0.00000\n<,0.250000,0.750000\n')
  const picture = new DOMParser().parseFromString(matrixSvg(matrix, 'a < b'), 'image/svg+xml')
  expect(picture.querySelector('parsererror')).toBeNull()
  expect(picture.querySelector('title')?.textContent).toBe('a < b')
  expect([...picture.querySelectorAll('g rect')].map((cell) => cell.getAttribute('fill-opacity'))).toEqual(['1.000', '0.000', '0.250', '0.750'])
})

it('every kind of task has its own playground, or says that there is none', () => {
  const play = (data: object, output = 'every-step', loss = 'cross-entropy') => playOf(experimentSchema.parse({ unroll: 1, name: 'x', data, task: { output, loss }, model: { cell: 'rnn', hiddenSize: 1 }, training: {} }))
  expect(play({ kind: 'generated', generator: 'reber' })).toBe('text')
  expect(play({ kind: 'generated', generator: 'copy' })).toBe('record')
  expect(play({ kind: 'tensors', source: 'x.npz' }, 'last-step')).toBe('record')
  expect(play({ kind: 'generated', generator: 'adding' }, 'last-step', 'mse')).toBe('adding')
  expect(play({ kind: 'records', source: 'x.csv' }, 'last-step')).toBe('classes')
  expect(play({ kind: 'records', source: 'x.csv' }, 'sequence')).toBe('pairs')
})
