import { describe, expect, test } from 'vitest'
import { unroll } from './run-unroll'

interface Measured { msPerStep: { median: number; min: number; max: number }; tokensPerSecond: number; gflops: number; device: string; kernel: string }

const size = (...flags: string[]) => unroll(['bench', ...flags, '--repeats', '3', '--json'])

describe('unroll bench', () => {
  test('prints one JSON line of figures that agree with each other', async () => {
    const { code, stdout } = await size('--cell', 'rnn', '--hidden', '32', '--input', '16', '--batch', '8', '--steps', '16', '--layers', '1', '--device', 'cpu')
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    const found = JSON.parse(stdout) as Measured
    expect(Object.keys(found)).toEqual(['msPerStep', 'tokensPerSecond', 'gflops', 'device', 'kernel'])
    const { msPerStep, tokensPerSecond, gflops, device, kernel } = found
    expect(msPerStep.min).toBeLessThanOrEqual(msPerStep.median)
    expect(msPerStep.median).toBeLessThanOrEqual(msPerStep.max)
    expect(tokensPerSecond).toBeCloseTo(8 * 16 / msPerStep.median * 1000, 3)
    // 2·B·T·(3·H·(I + H) − H·I + 3·H·O) with O = I.
    expect(gflops).toBeCloseTo(2 * 8 * 16 * (3 * 32 * 48 - 32 * 16 + 3 * 32 * 16) / msPerStep.median / 1e6, 6)
    expect(device).toMatch(/^WebAssembly/)
    expect(kernel).toMatch(/^wasm/)
  })

  test('counts the gates and the layers of an LSTM', async () => {
    const { code, stdout } = await size('--cell', 'lstm', '--layers', '2', '--hidden', '24', '--input', '16', '--batch', '8', '--steps', '12')
    expect(code).toBe(0)
    const { msPerStep, gflops } = JSON.parse(stdout) as Measured
    // 2·B·T·(3·4H·(I + H) + 3·4H·2H − 4H·I + 3·H·O) with O = I.
    expect(gflops).toBeCloseTo(2 * 8 * 12 * (3 * 96 * 40 + 3 * 96 * 48 - 96 * 16 + 3 * 24 * 16) / msPerStep.median / 1e6, 6)
  })

  test('fills in what a size leaves out: an LSTM of 128 on 32 rows of 64 steps, 64 wide', async () => {
    const { code, stdout } = await size('--layers', '1')
    expect(code).toBe(0)
    const { msPerStep, tokensPerSecond, gflops } = JSON.parse(stdout) as Measured
    expect(tokensPerSecond).toBeCloseTo(32 * 64 / msPerStep.median * 1000, 3)
    expect(gflops).toBeCloseTo(2 * 32 * 64 * (3 * 512 * 192 - 512 * 64 + 3 * 128 * 64) / msPerStep.median / 1e6, 6)
  })

  test('has a table of twelve when no size is named', async () => {
    const { code, stdout } = await size()
    expect(code).toBe(0)
    const rows = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as Measured & { cell: string; hidden: number; input: number; batch: number; steps: number; layers: number })
    const sizes = [[32, 32, 16, 32], [128, 64, 32, 64], [256, 64, 32, 64], [512, 128, 32, 64]]
    expect(rows.map(({ cell, hidden, input, batch, steps, layers }) => [cell, hidden, input, batch, steps, layers]))
      .toEqual(['rnn', 'gru', 'lstm'].flatMap((cell) => sizes.map((row) => [cell, ...row, 1])))
    for (const { msPerStep } of rows) expect(msPerStep.median).toBeGreaterThan(0)
  }, 240_000)

  test('prints a table for people', async () => {
    const { code, stdout } = await unroll(['bench', '--cell', 'gru', '--hidden', '8', '--input', '4', '--batch', '2', '--steps', '3', '--repeats', '3'])
    expect(code).toBe(0)
    const [headings, row, ...more] = stdout.trimEnd().split('\n').map((line) => line.trim().split(/\s+/))
    expect(headings).toEqual(['cell', 'H', 'I', 'B', 'T', 'layers', 'ms/step', 'min', 'max', 'tokens/s', 'GFLOP/s', 'device'])
    expect(row!.slice(0, 6)).toEqual(['gru', '8', '4', '2', '3', '1'])
    expect(more).toEqual([])
  })

  test.each([
    ['--cell', 'transformer'], ['--hidden', '0'], ['--input', '-3'], ['--batch', 'many'], ['--layers', '1.5'], ['--device', 'tpu'], ['--width', '5'], ['--cell'],
  ])('refuses %s %s as usage, saying which option', async (...flags: string[]) => {
    const { code, stdout, stderr } = await unroll(['bench', ...flags])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^error: /)
    expect(stderr).toContain(flags[0]!)
    expect(stderr).toContain('hint:')
  })
})
