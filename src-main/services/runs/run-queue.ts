/** Lets a number of runs train at once; the others wait for their turn, first come, first served. */
export class RunQueue {
  private free: number
  private readonly waiting: (() => void)[] = []

  constructor(atOnce: number) {
    this.free = atOnce
  }

  get isBusy(): boolean { return this.free === 0 }

  /** @returns gives the turn back; @throws the signal's reason when the wait was given up */
  async turn(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.free > 0) this.free--
    else await this.wait(signal)
    let held = true
    return () => {
      if (!held) return
      held = false
      const next = this.waiting.shift()
      if (next === undefined) this.free++
      else next()
    }
  }

  private wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.waiting.splice(this.waiting.indexOf(begin), 1)
        reject(signal.reason as Error)
      }
      const begin = () => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.waiting.push(begin)
    })
  }
}
