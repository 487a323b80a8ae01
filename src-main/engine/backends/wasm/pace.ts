/** Multiply-adds from which on threads always gain: some 6 ms of one. */
const LARGE = 2 ** 27
/** Share of one thread's time that several may take at most. */
const WORTH = 0.9
/** Runs before the first trial, in which the host still compiles, and from one trial to the next. */
const BEFORE = 16
const BETWEEN = 1000
/** Which runs of a trial are shared. The first of two in a row only changes over. */
const TRIAL = [true, true, false, false, true, true, false, false]

/**
 * Whether a small program is faster shared or by one thread alone: what waiting for each other costs depends on the
 * machine and on what else it does, so now and then both are tried. No result depends on it.
 */
export class Pace {
  private run = 0
  private better = true
  private readonly best = { shared: Infinity, alone: Infinity }

  /** @param cost of one run, multiply-adds */
  constructor(private readonly cost: number) {}

  /** Whether the next run should be shared. */
  get shared(): boolean {
    return TRIAL[this.trial] ?? this.better
  }

  /** Says how long that run took, in milliseconds. */
  took(milliseconds: number): void {
    if (this.cost >= LARGE) return
    const { trial, shared } = this
    if (trial % 2 === 1) {
      const mode = shared ? 'shared' : 'alone'
      this.best[mode] = Math.min(this.best[mode], milliseconds)
    }
    this.run++
    if (trial < TRIAL.length - 1) return
    // A core more has to be worth it: what others do on the machine makes the two differ by a little anyway.
    this.better = this.best.shared <= WORTH * this.best.alone
    this.best.shared = this.best.alone = Infinity
    this.run = -BETWEEN
  }

  /** Which run of a trial is the next; none below 0. */
  private get trial(): number {
    return this.cost >= LARGE ? -1 : this.run - BEFORE
  }
}
