import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ops } from '@main/engine/backends/backend'
import type { HelperThread, HelperThreads } from '@main/engine/backends/wasm/helper-threads'
import { createWasmBackend, type WasmBackend } from '@main/engine/backends/wasm/wasm-backend'
import { nodeHelperThreads } from '@main/hosts/workers/node-helper-threads'
import { allowRelaxedSimd } from '@main/hosts/workers/relaxed-simd'
import { UnrollError } from '@shared/errors'
import { builtHelper } from '../support/built-helper'
import { behaviourCases, checkCase, primitiveCases, runAll } from './primitive-cases'
import { full, ids, numbers, raggedLengths } from './primitives/case'

allowRelaxedSimd()

/** Helpers of Node, each of which a test can get hold of. */
async function helpersOf(threads: number): Promise<HelperThreads & { started: HelperThread[] }> {
  const host = nodeHelperThreads(await builtHelper(), threads)
  const started: HelperThread[] = []
  return {
    threads, started,
    start(task) {
      const helper = host.start(task)
      if (helper) started.push(helper)
      return helper
    },
  }
}

const sharing = async (threads: number) => createWasmBackend({ helpers: await helpersOf(threads), shareAll: true })
const alone = () => createWasmBackend()

async function errorOf(work: Promise<unknown>): Promise<UnrollError> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason)
  if (error instanceof UnrollError) return error
  throw new Error(`no UnrollError was thrown but ${String(error)}`)
}

describe('primitives shared by three threads', () => {
  let [three, one]: WasmBackend[] = []
  beforeAll(async () => { [three, one] = [await sharing(3), await alone()] })
  afterAll(() => three!.dispose())

  it.each(primitiveCases)('$name: agrees with the oracle, and to the bit with one thread', async (given) => {
    expect((await checkCase(three!, given)).message).toBe('')
    const bits = async (backend: WasmBackend) => [...await runAll(backend, given)].map(([name, values]) => [name, [...new Int32Array(values.slice().buffer)]])
    expect(await bits(three!)).toEqual(await bits(one!))
  })

  it.each(behaviourCases)('$name', ({ check }) => check(three!))
})

/** An LSTM through time with its gradient, and a step of SGD: steps by rows of the batch, products, sums, an update. */
const lstm = (steps: number, batch: number, hidden: number) => (ops: Ops) => {
  const x = ops.sequenceInput('x', steps, batch, hidden)
  const [w, u, lengths, scale] = [ops.input('w', [4 * hidden, hidden]), ops.input('u', [4 * hidden, hidden]), ops.lengthsInput('lengths', batch), ops.input('scale', [1])]
  const projected = ops.affine(x, w, [])
  const [states, cells, gates, deltas] = [ops.sequence(steps + 1, batch, hidden), ops.sequence(steps + 1, batch, hidden), ops.sequence(steps, batch, 4 * hidden), ops.sequence(steps, batch, 4 * hidden)]
  ops.place(ops.input('h', [batch, hidden]), ops.slot(states, 0))
  ops.place(ops.input('c', [batch, hidden]), ops.slot(cells, 0))
  for (let step = 0; step < steps; step++) {
    ops.lstmStep({ projected: projected.at(step), previous: states.at(step), cell: cells.at(step), weight: u, lengths, step },
      { hidden: ops.slot(states, step + 1), cell: ops.slot(cells, step + 1), gates: ops.slot(gates, step) })
  }
  const loss = ops.crossEntropy({ logits: states.slice(1, steps + 1), targets: ops.tokensInput('y', steps, batch), lengths, scale })
  let [reaching, later] = [loss.gradient.at(steps - 1), null as ReturnType<Ops['lstmDelta']>['cellGradient'] | null]
  for (let step = steps - 1; step >= 0; step--) {
    const found = ops.lstmDelta({ gradient: reaching, cellGradient: later, gates: gates.at(step), previousCell: cells.at(step), cell: cells.at(step + 1), lengths, step }, ops.slot(deltas, step))
    reaching = ops.recurrentBackward({ delta: found.delta, weight: u, direct: null, addend: step > 0 ? loss.gradient.at(step - 1) : null })
    later = found.cellGradient
  }
  const [du, dw] = [ops.outerSum(deltas, states.slice(0, steps)), ops.outerSum(deltas, x)]
  const norm = ops.globalNorm([du, dw])
  const next = ops.sgd({ parameter: u, gradient: du, velocity: null, factor: ops.clipFactor(norm, 0.1), momentum: 0, hyper: scale })
  return { results: { loss: loss.loss, du, dw, norm, next: next.parameter, db: ops.biasSum(deltas), reaching } }
}
const lstmInputs = (steps: number, batch: number, hidden: number, lengths = full(batch, steps)) => ({
  x: numbers(1, steps * batch * hidden), w: numbers(2, 4 * hidden * hidden, 1 / Math.sqrt(hidden)), u: numbers(3, 4 * hidden * hidden, 1 / Math.sqrt(hidden)),
  h: numbers(4, batch * hidden), c: numbers(5, batch * hidden), y: ids(6, steps * batch, hidden), lengths, scale: Float32Array.of(1 / (steps * batch)),
})
const bitsOf = (results: Record<string, Float32Array>) => Object.entries(results).map(([name, values]) => [name, [...new Int32Array(values.slice().buffer)]])

describe('an LSTM shared by threads', () => {
  const sizes: readonly (readonly [number, number, number])[] = [[1, 1, 1], [2, 1, 5], [3, 2, 9], [4, 3, 17], [5, 5, 8], [3, 7, 33], [2, 13, 20], [6, 20, 12], [2, 32, 40]]

  it.each([2, 3, 5])('by %i: the bits of one thread, whatever the sizes', async (threads) => {
    const [shared, one] = [await sharing(threads), await alone()]
    for (const size of sizes) {
      const inputs = lstmInputs(...size, raggedLengths(size[1], size[0]))
      const [theirs, own] = [await shared.compile(lstm(...size)), await one.compile(lstm(...size))]
      const expected = bitsOf(await own.run(inputs))
      for (let run = 0; run < 3; run++) expect(bitsOf(await theirs.run(inputs))).toEqual(expected)
    }
    await shared.dispose()
  })
})

describe('giving up and losing a thread', () => {
  const size = [64, 32, 256] as const
  let backend: WasmBackend
  let helpers: Awaited<ReturnType<typeof helpersOf>>
  let expected: unknown
  beforeAll(async () => { expected = bitsOf(await (await (await alone()).compile(lstm(...size))).run(lstmInputs(...size))) })
  const fresh = async () => {
    helpers = await helpersOf(2)
    backend = await createWasmBackend({ helpers, shareAll: true })
    return backend.compile(lstm(...size))
  }

  it('a word that comes by message ends a run within 100 ms, wherever it is, and the next run is right', async () => {
    const program = await fresh()
    await program.run(lstmInputs(...size))
    for (const wait of [0, 3, 11, 37, 60]) {
      let [stopped, at] = [false, 0]
      const timer = setTimeout(() => { stopped = true; at = performance.now() }, wait)
      const outcome = await program.run(lstmInputs(...size), () => stopped).then(() => 'done', (error: UnrollError) => error.code)
      // On a fast machine the run may be over first.
      if (stopped) expect([outcome, performance.now() - at < 100]).toEqual(['run.cancelled', true])
      clearTimeout(timer)
    }
    expect(bitsOf(await program.run(lstmInputs(...size)))).toEqual(expected)
    await backend.dispose()
  })

  it('a program disposed of while it runs gives up, and its memory comes back', async () => {
    const program = await fresh()
    const run = errorOf(program.run(lstmInputs(...size)))
    program.dispose()
    expect((await run).code).toBe('run.cancelled')
    expect((await (await backend.compile(lstm(...size))).run(lstmInputs(...size)))['loss']![0]).toBeGreaterThan(0)
    await backend.dispose()
  })

  it('a helper that ends in the middle of a run costs time and nothing else', async () => {
    for (const wait of [0, 15]) {
      const program = await fresh()
      const run = program.run(lstmInputs(...size))
      setTimeout(() => void helpers.started[0]!.end(), wait)
      expect(bitsOf(await run)).toEqual(expected)
      await helpers.started[0]!.end()
      expect(bitsOf(await program.run(lstmInputs(...size)))).toEqual(expected)
      await backend.dispose()
    }
  })

  it('helpers that can’t be started are done without', async () => {
    const own = await createWasmBackend({ helpers: nodeHelperThreads('/nowhere/cpu-helper.mjs', 2), shareAll: true })
    const program = await own.compile(lstm(...size))
    expect(bitsOf(await program.run(lstmInputs(...size)))).toEqual(expected)
    await own.dispose()
  })

  it('two programs of a backend at once: one has the threads, the other runs alone, both are right', async () => {
    const [first, second] = [await fresh(), await backend.compile(lstm(...size))]
    const results = await Promise.all([first.run(lstmInputs(...size)), second.run(lstmInputs(...size))])
    expect(results.map(bitsOf)).toEqual([expected, expected])
    await backend.dispose()
  })
})

describe('threads', () => {
  it('are lent to one backend at a time: others run alone, and threads don’t pile up', async () => {
    const helpers = await helpersOf(2)
    const backends = await Promise.all(Array.from({ length: 6 }, () => createWasmBackend({ helpers, shareAll: true })))
    const inputs = lstmInputs(3, 4, 8)
    const programs = await Promise.all(backends.map((backend) => backend.compile(lstm(3, 4, 8))))
    const results = await Promise.all(programs.map(async (program) => bitsOf(await program.run(inputs))))
    for (const result of results) expect(result).toEqual(results[0])
    expect(helpers.started.length).toBe(1)
    await Promise.all(backends.map((backend) => backend.dispose()))
    const later = await createWasmBackend({ helpers, shareAll: true })
    expect(bitsOf(await (await later.compile(lstm(3, 4, 8))).run(inputs))).toEqual(results[0])
    expect(helpers.started.length).toBe(2)
    await later.dispose()
  })

  it('are started for a program that has work for them and goes on, and for no other', async () => {
    const helpers = await helpersOf(2)
    const backend = await createWasmBackend({ helpers })
    const small = await backend.compile(lstm(3, 4, 8))
    for (let run = 0; run < 500; run++) await small.run(lstmInputs(3, 4, 8))
    expect(helpers.started.length).toBe(0)
    const [program, inputs] = [await backend.compile(lstm(16, 32, 64)), lstmInputs(16, 32, 64)]
    const expected = bitsOf(await program.run(inputs))
    // Alone, while they are started, and shared.
    const start = performance.now()
    while (helpers.started.length === 0 && performance.now() - start < 5000) await program.run(inputs)
    await helpers.started[0]!.ready
    for (let run = 0; run < 40; run++) expect(bitsOf(await program.run(inputs))).toEqual(expected)
    expect(helpers.started.length).toBe(1)
    await backend.dispose()
  })

  it('1,000 runs hold no more than the first', async () => {
    const backend = await sharing(2)
    const program = await backend.compile(lstm(5, 3, 9))
    await program.run(lstmInputs(5, 3, 9))
    const before = backend.memory()
    for (let count = 0; count < 1000; count++) await program.run(lstmInputs(5, 3, 9))
    expect(backend.memory()).toEqual(before)
    await backend.dispose()
  })
})
