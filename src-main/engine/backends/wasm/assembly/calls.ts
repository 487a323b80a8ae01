// Working through lists of kernel calls, alone or as one of several threads; control-block.ts keeps those in step.

import { dispatch } from './dispatch'

/** Where in a control block the word lies that is not 0 when the run is given up. */
const STOP: usize = 192

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

/** Looks at a word up to `spins` times. @returns whether it has got to `target` */
export function spin(at: usize, target: i32, spins: i32): bool {
  for (let i = 0; i < spins; i++) if (peek(at) >= target) return true
  return false
}
