import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { readSafetensors } from '@main/formats/safetensors'
import { parityFolders } from '../parity/load-parity'
import { smallText } from '../support/small-text'
import { unroll, writeExperiment } from './run-unroll'

let folder: string
let run: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-test-'))
  run = join(folder, 'run')
  expect((await unroll(['train', writeExperiment(folder, { maxSteps: 60 }, { model: { cell: 'gru', hiddenSize: 12, layers: 2 } }), '--out', run])).code).toBe(0)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (path: string) => readSafetensors(readFileSync(path))

test('inspect writes everything over a text, by name', async () => {
  const out = join(folder, 'deep/states.safetensors')
  const { code, stdout, stderr } = await unroll(['inspect', run, '--input', 'the net', '--out', out])
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(stdout).toMatch(/7 steps under the weights of step \d+: h_l0, r_l0, .*; mean loss/)
  const { tensors, metadata } = read(out)
  expect(Object.keys(tensors).sort()).toEqual(['hidden', 'losses', 'tokens', 'y', ...[0, 1].flatMap((layer) => ['h', 'r', 'z', 'n', 'q', 'Wx', 'Uh'].map((letter) => `${letter}_l${layer}`))].sort())
  expect(tensors['Wx_l1']!.shape).toEqual([7, 36])
  expect(tensors['hidden']!.data).toEqual(tensors['h_l1']!.data)
  expect(JSON.parse(metadata['labels']!)).toEqual([...'the net'])
  expect(JSON.parse(metadata['experiment']!)).toMatchObject({ name: 'small' })
})

test('inspect writes chosen tensors over a stretch as a table', async () => {
  const out = join(folder, 'states.csv')
  expect((await unroll(['inspect', run, '--data', '1000:40', '--layers', '1', '--tensors', 'h,z', '--out', out])).code).toBe(0)
  const [header, ...rows] = parse(readFileSync(out, 'utf8')) as string[][]
  expect(header).toEqual(['step', 'label', ...['h_l1', 'z_l1'].flatMap((name) => Array.from({ length: 12 }, (_, unit) => `${name}[${unit}]`)), 'loss'])
  expect(rows.map(([, label]) => label).join('')).toBe(smallText(20_000).slice(1000, 1040))
})

test('inspect writes gradients: none from what comes later, and a flow that begins at one', async () => {
  const out = join(folder, 'gradients.safetensors')
  expect((await unroll(['inspect', run, '--data', '500:30', '--tensors', 'h', '--gradients', '--out', out])).code).toBe(0)
  const { tensors } = read(out)
  expect(Object.keys(tensors).sort()).toEqual(['connectivity', 'connectivity.lags', 'flow.h_l0', 'flow.h_l1', 'flow.units.h_l0', 'flow.units.h_l1', 'gradient.h_l0', 'gradient.h_l1', 'gradient.x', 'h_l0', 'h_l1', 'hidden', 'losses', 'tokens'])
  const [connectivity, flow] = [tensors['connectivity']!, tensors['flow.h_l1']!.data]
  expect(connectivity.shape).toEqual([30, 30])
  for (let output = 0; output < 30; output++) for (let input = output + 1; input < 30; input++) expect(connectivity.data[output * 30 + input]).toBe(0)
  // On average by how many steps back.
  const lags = tensors['connectivity.lags']!
  expect(lags.shape).toEqual([30])
  for (const lag of [0, 1, 29]) {
    let sum = 0
    for (let output = lag; output < 30; output++) sum += Number(connectivity.data[output * 30 + output - lag])
    expect(lags.data[lag]).toBeCloseTo(sum / (30 - lag), 6)
  }
  expect([...tensors['gradient.x']!.data]).toEqual([...connectivity.data.slice(29 * 30)])
  expect(flow[29]).toBeCloseTo(1, 5)
  expect(await unroll(['inspect', run, '--data', '500:600', '--gradients', '--out', out])).toMatchObject({ code: 1, stderr: expect.stringMatching(/at most 512 steps/) as string })
})

test('inspect writes what the views compute: order, spectrum, space, UMAP, occlusion, fixed points', async () => {
  const out = join(folder, 'analyses.safetensors')
  const { code, stdout, stderr } = await unroll(['inspect', run, '--data', '500:40', '--tensors', 'h', '--analyses', 'all', '--out', out])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/l0: \d+ fixed points?/)
  const { tensors } = read(out)
  expect([...tensors['order.h_l1']!.data].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 12 }, (_, unit) => unit))
  // A GRU has three U, each of 12 eigenvalues, in pairs that are each other's conjugates.
  const spectrum = tensors['spectrum.l0']!
  expect(spectrum.shape).toEqual([3, 12, 2])
  const imaginary = Array.from({ length: 36 }, (_, at) => Number(spectrum.data[2 * at + 1]))
  expect(imaginary.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5)
  // The points are the states in the axes written beside them.
  const [space, axes, mean, h] = ['space.h_l1', 'space.h_l1.axes', 'space.h_l1.mean', 'h_l1'].map((name) => tensors[name]!)
  expect(space!.shape).toEqual([40, 3])
  for (let axis = 0; axis < 3; axis++) {
    let sum = 0
    for (let unit = 0; unit < 12; unit++) sum += (Number(h!.data[7 * 12 + unit]) - Number(mean!.data[unit])) * Number(axes!.data[axis * 12 + unit])
    expect(Number(space!.data[7 * 3 + axis])).toBeCloseTo(sum, 5)
  }
  expect(tensors['umap.h_l1']!.shape).toEqual([40, 2])
  const occlusion = tensors['occlusion']!
  expect(occlusion.shape).toEqual([40, 40])
  for (let input = 1; input < 40; input++) for (let output = 0; output < input; output++) expect(occlusion.data[input * 40 + output]).toBe(0)
})

test('UMAP is the same for the same seed', async () => {
  const found = await Promise.all(['1', '1', '2'].map(async (seed, index) => {
    const out = join(folder, `umap-${index}.safetensors`)
    expect(await unroll(['inspect', run, '--data', '500:40', '--tensors', 'h', '--analyses', 'umap', '--seed', seed, '--neighbours', '5', '--out', out])).toMatchObject({ code: 0 })
    const { tensors, metadata } = read(out)
    expect(JSON.parse(metadata['umap']!)).toEqual({ neighbours: 5, minDist: 0.1, seed: Number(seed) })
    return [...tensors['umap.h_l0']!.data].map(Number)
  }))
  expect(found[0]!.every(Number.isFinite)).toBe(true)
  expect(found[1]).toEqual(found[0])
  expect(found[2]).not.toEqual(found[0])
})

test('inspect correlates and probes over the data, holds units, and compares with another run', async () => {
  const out = join(folder, 'more.safetensors')
  const { code, stdout, stderr } = await unroll(['inspect', run, '--input', 'the net', '--tensors', 'h', '--correlate', 'vowel,since: ', '--probe', 'vowel', '--hold', 'l0.h.3=0', '--compare', run, '--out', out])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/mean loss with nothing held: [\d.]+\n[^]*vowel: r = -?0\.\d+ with unit \d+ of h_l1\n[^]*vowel read out of h_l1: [\d.]+% of \d+ states held out/)
  const { tensors, metadata } = read(out)
  for (let step = 0; step < 7; step++) expect(Math.abs(Number(tensors['h_l0']!.data[step * 12 + 3]))).toBe(0)
  expect(tensors['correlations']!.shape).toEqual([2, 12])
  expect(JSON.parse(metadata['correlations.names']!)).toEqual(['vowel', 'steps since a space'])
  expect(JSON.parse(metadata['probes']!)).toMatchObject([{ name: 'vowel', kind: 'binary', classes: { baselineAccuracy: expect.any(Number) as number } }])
  expect(tensors['compare.units']!.shape).toEqual([12, 2])
  for (const [word, value] of [['--correlate', 'vowels'], ['--hold', 'unit 3'], ['--analyses', 'everything']] as const) {
    expect(await unroll(['inspect', run, '--input', 'the', word, value, '--out', out])).toMatchObject({ code: 2, stderr: expect.stringContaining(value === 'unit 3' ? 'l0.h.3=0' : value) as string })
  }
  expect(await unroll(['inspect', run, '--input', 'the', '--analyses', 'order', '--out', join(folder, 'x.csv')])).toMatchObject({ stderr: expect.stringContaining('.safetensors') as string })
})

test('inspect says what is missing or unknown', async () => {
  const out = join(folder, 'none.safetensors')
  expect(await unroll(['inspect', run, '--out', out])).toMatchObject({ code: 2, stderr: expect.stringMatching(/needs one of --input, --data and --record/) as string })
  expect(await unroll(['inspect', run, '--input', 'a', '--data', 'x', '--out', out])).toMatchObject({ code: 2, stderr: expect.stringMatching(/FROM:COUNT/) as string })
  expect(await unroll(['inspect', run, '--input', 'a', '--tensors', 'f', '--out', out])).toMatchObject({ code: 1, stderr: expect.stringMatching(/hint: It has h, r, z/) as string })
  expect(await unroll(['inspect', run, '--input', 'a', '--layers', '0,9', '--out', out])).toMatchObject({ code: 1, stderr: 'error: This network has no layer 9.\nhint: It has layers 0 to 1.\n' })
  expect(await unroll(['inspect', run, '--input', 'a', '--hold', 'l9.h.3=0', '--out', out])).toMatchObject({ code: 1, stderr: 'error: There is no layer "l9".\nhint: It has l0, l1.\n' })
  expect(await unroll(['inspect', run, '--data', '20000:5', '--out', out])).toMatchObject({ code: 1, stderr: expect.stringMatching(/ends at 20000/) as string })
})

describe('states under PyTorch\'s weights are PyTorch\'s', () => {
  const cases = parityFolders().filter((path) => /lstm-3-layers-bidirectional-last|gru-2-layers-last-mse|lstm-text-carry/.test(path)).map((path) => ({ name: basename(path), path }))

  // A run of one step with a learning rate too small to change a float32: its weights are still the initial ones.
  test.each(cases)('$name', async ({ path }) => {
    const own = mkdtempSync(join(folder, 'case-'))
    const experiment = JSON.parse(readFileSync(join(path, 'experiment.json'), 'utf8')) as { data: { source: string }; model: { init: string }; training: Record<string, unknown> }
    for (const file of [experiment.data.source, experiment.model.init]) copyFileSync(join(path, file), join(own, file))
    experiment.training = { ...experiment.training, maxSteps: 1, optimizer: { kind: 'sgd', learningRate: 1e-30 } }
    writeFileSync(join(own, 'experiment.json'), JSON.stringify(experiment))
    const trained = join(own, 'run')
    expect((await unroll(['train', join(own, 'experiment.json'), '--out', trained, '--device', 'cpu'])).code).toBe(0)
    const out = join(own, 'states.safetensors')
    const { hidden: expected } = read(join(path, 'expected/states.safetensors')).tensors
    const [, steps, width] = expected!.shape as [number, number, number]
    const text = experiment.data.source.endsWith('.txt')
    expect((await unroll(['inspect', trained, '--weights', 'last', ...(text ? ['--data', `0:${steps}`] : ['--record', '0']), '--out', out])).code).toBe(0)
    const { hidden: found } = read(out).tensors
    expect(found!.shape[1]).toBe(width)
    found!.data.forEach((value, at) => { expect(Math.abs(Number(value) - Number(expected!.data[at]))).toBeLessThan(1e-5) })
  }, 60_000)
})
