import { describe, expect, it } from 'vitest'
import { createWasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { behaviourCases, checkCase, primitiveCases } from './primitive-cases'

const backend = await createWasmBackend()

describe(`primitives on ${backend.description}`, () => {
  it.each(primitiveCases)('$name', async (one) => { expect((await checkCase(backend, one)).message).toBe('') })
})

describe(`behaviour of ${backend.description}`, () => {
  it.each(behaviourCases)('$name', ({ check }) => check(backend))
})
