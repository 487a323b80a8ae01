/** Multiply-adds from which on threads always gain: some 6 ms of one. */
const LARGE = 2 ** 27
/** Share of one thread's time that several may take at most. */
const WORTH = 0.9
/**
 * Milliseconds of runs in each way of a trial, and of those from one trial to the next. Threads that slept wake on one core,
 * and it takes the system some milliseconds to part them: only the later half of what they shared counts.
 */
const STRETCH = { shared: 24, alone: 8, chosen: 1000 }

/**
 * Whether a small program is faster shared or by one thread alone: what waiting for each other costs depends on the
 * machine and on what else it does, so now and then both are tried. No result depends on it.
 */
export class Pace {
  private phase: keyof typeof STRETCH = 'shared'
  private spent = 0
  private times: number[] = []
  private sharedMs = Infinity
  private better = true

  /** @param cost of one run, multiply-adds */
  constructor(private readonly cost: number) {}

  /** Whether the next run should be shared. */
  get shared(): boolean {
    return this.cost >= LARGE || (this.phase === 'chosen' ? this.better : this.phase === 'shared')
  }

  /** Says how long that run took, in milliseconds. */
  took(milliseconds: number): void {
    if (this.cost >= LARGE) return
    this.spent += milliseconds
    if (this.phase !== 'chosen') this.times.push(milliseconds)
    if (this.spent >= STRETCH[this.phase]) this.next()
  }

  private next(): void {
    if (this.phase === 'shared') {
      this.sharedMs = median(this.times.slice(this.times.length >> 1))
      this.phase = 'alone'
    } else if (this.phase === 'alone') {
      // A core more has to be worth it: what others do on the machine makes the two differ by a little anyway.
      this.better = this.sharedMs <= WORTH * median(this.times)
      this.phase = 'chosen'
    } else this.phase = 'shared'
    this.spent = 0
    this.times = []
  }
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!
