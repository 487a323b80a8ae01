import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ControlBlock } from '@main/engine/backends/wasm/control-block'
import type { Kernels } from '@main/engine/backends/wasm/kernel-module'

/** Two threads' handles on one control block. They never wait awake: every wait is a sleep, as on a machine with more to do than cores. */
function handles(): [ControlBlock, ControlBlock] {
  const kernels: Pick<Kernels, 'spin' | 'memory'> = { spin: () => 0, memory: { buffer: new SharedArrayBuffer(4096), grow: () => 0 } }
  return [new ControlBlock(kernels, 64), new ControlBlock(kernels, 64)]
}

describe('a control block', () => {
  it('lets the first thread through a barrier when the others are there, and not before', () => {
    const [first, other] = handles()
    first.begin(128)
    expect([other.begun(1), first.othersArrived(0, 2), first.othersDone(2)]).toEqual([128, false, false])
    // The other's arrival at a barrier that the first has passed already: it doesn't wait.
    first.pass()
    other.meet(0, 2)
    expect([first.othersArrived(0, 2), first.othersArrived(1, 2), first.othersDone(2)]).toEqual([true, false, false])
    other.done()
    expect(first.othersDone(2)).toBe(true)
  })

  it('begins each run anew', () => {
    const [first, other] = handles()
    for (const run of [1, 2, 3]) {
      first.begin(run * 1000)
      expect([other.begun(run), first.othersDone(2), first.othersArrived(0, 2)]).toEqual([run * 1000, false, false])
      other.done()
      expect(first.othersDone(2)).toBe(true)
    }
  })

  it('holds nobody at a barrier of a run that is given up', () => {
    const [first, other] = handles()
    first.begin(128)
    first.giveUp()
    for (const index of [0, 1, 2]) other.meet(index, 2)
    other.done()
    expect(first.othersDone(2)).toBe(true)
  })
})

it('no kernel waits in WebAssembly: see ControlBlock for what Node 20 makes of that', () => {
  const folder = fileURLToPath(new URL('../../src-main/engine/backends/wasm/assembly/', import.meta.url))
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  expect(sources.length).toBeGreaterThan(10)
  expect(sources.filter((name) => /atomic\.(wait|notify)/.test(readFileSync(join(folder, name), 'utf8')))).toEqual([])
})
