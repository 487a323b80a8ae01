// Lists of kernel calls, and the threads that work through their shares of one program at the same time.
//
// A program is cut into segments. Within a segment no thread reads what another writes; between two segments stands a
// barrier, one counter of arrivals. The first thread, whose host has messages to hear, goes from segment to segment by
// itself and may say stop; the others run their shares whole. Waiting is spinning for a short while, then sleeping.

import { dispatch } from './dispatch'

// The control block: one word on a line of the cache each, so that threads that wait don't slow the others down.
/** Counts runs. */
const RUNS: usize = 0
/** Arrivals at barriers in this run. */
const ARRIVED: usize = 64
/** Threads beside the first that are done with this run. */
const DONE: usize = 128
/** Not 0: this run is given up. */
const STOP: usize = 192
const SLEEPERS: usize = 256
/** Address of the program's table; 0: the threads are to leave. Table: number of segments, then start and end of each, for one thread after the other. */
const PROGRAM: usize = 320

/** Looks at a word before sleeping: some 0.1 ms, more than it takes to wake a thread, so that all come to wait awake; longer between runs. */
const SPINS: i32 = 40_000, SPINS_BETWEEN_RUNS: i32 = 150_000
/** More than there are ever arrivals in a run. */
const MANY: i32 = 1 << 24

export function controlBytes(): usize {
  return 384
}

// @ts-ignore: decorator
@inline
function peek(at: usize): i32 {
  return ASC_FEATURE_THREADS ? atomic.load<i32>(at) : load<i32>(at)
}

/**
 * Makes the calls from `at` on, until `end`, or until they have cost `budget` multiply-adds.
 * A call is its kernel's number, its length in bytes, the address of a word that must not be 0 for it to be made (0: always),
 * its cost, and its arguments.
 * @returns where it got to; 0 when the run was given up
 */
export function execute(at: usize, end: usize, budget: f32, control: usize): usize {
  let work: f32 = 0
  while (at < end && work < budget) {
    if (peek(control + STOP) != 0) return 0
    const condition = load<usize>(at, 8)
    if (condition == 0 || load<i32>(condition) != 0) {
      dispatch(load<i32>(at), at + 16)
      work += load<f32>(at, 12)
    }
    at += load<usize>(at, 4)
  }
  return at
}

/** Waits until a counter has got to `target`. @param microseconds at most; below 0: for ever */
function reaches(control: usize, counter: usize, target: i32, spins: i32, microseconds: i32): bool {
  if (!ASC_FEATURE_THREADS) return true
  const at = control + counter
  for (let i = 0; i < spins; i++) if (atomic.load<i32>(at) >= target) return true
  atomic.add<i32>(control + SLEEPERS, 1)
  let found = atomic.load<i32>(at)
  while (found < target) {
    const outcome = atomic.wait<i32>(at, found, <i64>microseconds * 1000)
    found = atomic.load<i32>(at)
    if (outcome == AtomicWaitResult.TIMED_OUT) break
  }
  atomic.sub<i32>(control + SLEEPERS, 1)
  return found >= target
}

function count(control: usize, counter: usize, by: i32): void {
  if (!ASC_FEATURE_THREADS) return
  atomic.add<i32>(control + counter, by)
  if (atomic.load<i32>(control + SLEEPERS) > 0) atomic.notify(control + counter, -1)
}

/** Lets the other threads begin a run. All of them must be done with the one before. */
export function begin(control: usize, program: usize): void {
  store<i32>(control + ARRIVED, 0)
  store<i32>(control + DONE, 0)
  store<i32>(control + STOP, 0)
  store<usize>(control + PROGRAM, program)
  count(control, RUNS, 1)
}

/** The first thread's way through the barrier behind segment `index`: when all others have arrived, `pass` lets all go on. */
export function othersArrived(control: usize, index: i32, threads: i32, microseconds: i32): bool {
  return reaches(control, ARRIVED, index * threads + threads - 1, SPINS, microseconds)
}

export function pass(control: usize): void {
  count(control, ARRIVED, 1)
}

/** Whether all others are done with the run. */
export function othersDone(control: usize, threads: i32, microseconds: i32): bool {
  return reaches(control, DONE, threads - 1, SPINS, microseconds)
}

/** Gives the run up: those at a barrier pass it, and no further call is made. */
export function giveUp(control: usize): void {
  store<i32>(control + STOP, 1)
  count(control, ARRIVED, MANY)
}

/** What the threads beside the first do: their share of each run, until they are to leave. @param thread 1 … threads − 1 */
export function serve(control: usize, thread: usize, threads: i32): void {
  for (let run = 1; ; run++) {
    reaches(control, RUNS, run, SPINS_BETWEEN_RUNS, -1)
    const program = load<usize>(control + PROGRAM)
    if (program == 0) return
    const segments = load<i32>(program)
    let share = program + 4 + thread * (<usize>segments << 3)
    for (let index = 0; index < segments; index++, share += 8) {
      if (execute(load<usize>(share), load<usize>(share, 4), Infinity, control) == 0) break
      if (index + 1 == segments) break
      count(control, ARRIVED, 1)
      reaches(control, ARRIVED, (index + 1) * threads, SPINS, -1)
    }
    count(control, DONE, 1)
  }
}
