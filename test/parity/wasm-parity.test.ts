import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { loadParityCase, parityFolders, runParityCase } from './load-parity'
import { parityLimits } from './run-parity'

describe('the WebAssembly backend agrees with PyTorch', () => {
  it.each(parityFolders().map((folder) => ({ name: basename(folder), folder })))('$name', async ({ folder }) => {
    const report = await runParityCase(await createWasmBackend(), folder)
    expect(report.steps).toBe((await loadParityCase(folder)).expected.steps.length)
    expect(report.loss).toBeLessThan(parityLimits.loss)
    expect(report.gradNorm).toBeLessThan(parityLimits.gradNorm)
    expect(report.weights).toBeLessThan(parityLimits.weights)
    expect(report.states).toBeLessThan(parityLimits.states)
  })
})
