import { beforeAll, describe, expect, it } from 'vitest'
import type { SimdLevel } from '@main/engine/backends/wasm/kernel-module'
import { createWasmBackend, type WasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { allowRelaxedSimd } from '@main/hosts/workers/relaxed-simd'
import { behaviourCases, checkCase, primitiveCases } from './primitive-cases'

allowRelaxedSimd()

describe.each(['simd', 'relaxed-simd'] satisfies SimdLevel[])('%s', (simd) => {
  let backend: WasmBackend
  beforeAll(async () => { backend = await createWasmBackend({ simd }) })

  describe('primitives', () => {
    it.each(primitiveCases)('$name', async (one) => { expect((await checkCase(backend, one)).message).toBe('') })
  })

  describe('behaviour', () => {
    it.each(behaviourCases)('$name', ({ check }) => check(backend))
  })
})
