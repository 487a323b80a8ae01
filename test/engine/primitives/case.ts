import type { Ops, ProgramInputs, Traced, Variable } from '@main/engine/backends/backend'

/** One traced program with inputs, to be run on the oracle and on another backend. No node:, no vitest: it also runs in a browser. */
export interface PrimitiveCase {
  name: string
  /** One entry a run; several show that nothing is left over from the run before. */
  inputs: ProgramInputs[]
  /** Start values of variables; their values after the last run are compared too. */
  variables?: Record<string, { shape: readonly number[]; values: Float32Array }>
  build(ops: Ops, variables: Record<string, Variable>): Traced
  /** Largest difference allowed, relative to 1 + |expected|. */
  tolerance: number
}

/** Deterministic numbers, evenly spread over ±scale (mulberry32, Tommy Ettinger, public domain). */
export function numbers(seed: number, count: number, scale = 1): Float32Array {
  const next = integers(seed)
  return Float32Array.from({ length: count }, () => (next() / 2 ** 31 - 1) * scale)
}

export function ids(seed: number, count: number, below: number): Int32Array {
  const next = integers(seed)
  return Int32Array.from({ length: count }, () => next() % below)
}

function integers(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

/** Row 0 runs to the end, others end early; with three rows and more one is empty, as padding rows of a last batch are. */
export function raggedLengths(batch: number, steps: number): Int32Array {
  return Int32Array.from({ length: batch }, (_, row) => (row === 0 ? steps : row === 2 ? 0 : Math.max(1, steps - row)))
}

export const full = (batch: number, steps: number): Int32Array => new Int32Array(batch).fill(steps)

/** Widths off every vector width, and one on it. */
export const sizes = [
  { steps: 1, batch: 1, input: 1, output: 1 },
  { steps: 3, batch: 2, input: 5, output: 7 },
  { steps: 2, batch: 3, input: 33, output: 9 },
  { steps: 4, batch: 5, input: 17, output: 33 },
  { steps: 5, batch: 4, input: 8, output: 16 },
  { steps: 2, batch: 1, input: 3, output: 1 },
] as const
