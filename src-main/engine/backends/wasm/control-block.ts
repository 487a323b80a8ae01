import type { Kernels } from './kernel-module'

/** Bytes of a control block: one word on a line of the cache each, so that threads that wait don't slow the others down. */
export const CONTROL_BYTES = 384

/** Its words. `STOP`, not 0 in a run that is given up, is read by assembly/calls.ts too. */
const RUNS = 0, ARRIVED = 16, DONE = 32, STOP = 48, SLEEPERS = 64
/** Address of the program's table: number of segments, then start and end of each, for one thread after the other. */
const PROGRAM = 80

/** Looks at a word before sleeping: some 0.1 ms, more than it takes to wake a thread, so that all come to wait awake; longer between runs. */
const SPINS = 40_000, SPINS_BETWEEN_RUNS = 150_000
/** More than there are ever arrivals in a run. */
const MANY = 1 << 24
/** How long the first thread sleeps at most before it looks up: its host has messages to hear. */
const SLEEP_MS = 2

/**
 * The words in shared memory by which threads keep step. A program is cut into segments; within a segment no thread reads
 * what another writes, and between two stands a barrier, one counter of arrivals. The first thread goes from segment to
 * segment by itself and may say stop; the others run their shares whole. Waiting is spinning for a short while, then sleeping.
 *
 * Sleeping is JavaScript's `Atomics.wait`, not WebAssembly's `memory.atomic.wait32`: V8 11.3 (Node 20) forgets, in code of its
 * baseline compiler, what lies in registers across that instruction, so that a thread now and then walked through a barrier.
 */
export class ControlBlock {
  private readonly words: Int32Array

  constructor(private readonly kernels: Pick<Kernels, 'spin' | 'memory'>, private readonly address: number) {
    // A shared memory grows without moving, so the view stays good.
    this.words = new Int32Array(kernels.memory.buffer, address, CONTROL_BYTES / 4)
  }

  /** Lets the other threads begin a run. All of them must be done with the one before. @param table the program's address */
  begin(table: number): void {
    const { words } = this
    words[ARRIVED] = words[DONE] = words[STOP] = 0
    words[PROGRAM] = table
    this.count(RUNS, 1)
  }

  /** The first thread's way through the barrier behind segment `index`: when all others have arrived, `pass` lets all go on. */
  othersArrived(index: number, threads: number): boolean {
    return this.reaches(ARRIVED, index * threads + threads - 1, SPINS, SLEEP_MS)
  }

  pass(): void {
    this.count(ARRIVED, 1)
  }

  /** Whether all others are done with the run; after a short wait. */
  othersDone(threads: number): boolean {
    return this.reaches(DONE, threads - 1, SPINS, SLEEP_MS)
  }

  /** Gives the run up: those at a barrier pass it, and no further call is made. */
  giveUp(): void {
    Atomics.store(this.words, STOP, 1)
    this.count(ARRIVED, MANY)
  }

  /** Waits for run `run`, the first being 1. @returns its program's table */
  begun(run: number): number {
    this.reaches(RUNS, run, SPINS_BETWEEN_RUNS, Infinity)
    return this.words[PROGRAM]!
  }

  /** The way of the others through the barrier behind segment `index`. */
  meet(index: number, threads: number): void {
    this.count(ARRIVED, 1)
    this.reaches(ARRIVED, (index + 1) * threads, SPINS, Infinity)
  }

  /** Says that this thread has done its share of the run, or has given it up. */
  done(): void {
    this.count(DONE, 1)
  }

  private count(word: number, by: number): void {
    Atomics.add(this.words, word, by)
    if (Atomics.load(this.words, SLEEPERS) > 0) Atomics.notify(this.words, word)
  }

  /** Waits until a counter has got to `target`; at most that long once it sleeps. @returns whether it has */
  private reaches(word: number, target: number, spins: number, milliseconds: number): boolean {
    const { words, kernels, address } = this
    if (kernels.spin(address + word * 4, target, spins)) return true
    Atomics.add(words, SLEEPERS, 1)
    let found = Atomics.load(words, word)
    while (found < target) {
      const outcome = Atomics.wait(words, word, found, milliseconds)
      found = Atomics.load(words, word)
      if (outcome === 'timed-out') break
    }
    Atomics.sub(words, SLEEPERS, 1)
    return found >= target
  }
}
