import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SimdLevel } from '@main/engine/backends/wasm/kernel-module'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { allowRelaxedSimd } from '@main/hosts/workers/relaxed-simd'
import { loadParityCase, parityFolders, runParityCase } from './load-parity'
import { parityLimits } from './run-parity'

allowRelaxedSimd()

describe.each(['simd', 'relaxed-simd'] satisfies SimdLevel[])('the WebAssembly backend agrees with PyTorch: %s', (simd) => {
  it.each(parityFolders().map((folder) => ({ name: basename(folder), folder })))('$name', async ({ folder }) => {
    const report = await runParityCase(await createWasmBackend({ simd }), folder)
    expect(report.steps).toBe((await loadParityCase(folder)).expected.steps.length)
    expect(report.loss).toBeLessThan(parityLimits.loss)
    expect(report.gradNorm).toBeLessThan(parityLimits.gradNorm)
    expect(report.weights).toBeLessThan(parityLimits.weights)
    expect(report.states).toBeLessThan(parityLimits.states)
  })
})
