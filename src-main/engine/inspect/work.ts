import { UnrollError } from '@shared/errors'
import { breather, engineHost, type EngineHost } from '../host'

/** Long work that others look at: it tells how far it is, lets messages in and hears when it is to end. */
export interface Work {
  /**
   * Called between two pieces of work.
   * @throws UnrollError `inspect.cancelled` when it was given up
   */
  step(done: number, total: number): Promise<void>
  /** Whether it was given up: for what looks between two kernels. */
  cancelled(): boolean
}

/** Milliseconds between two words of progress. */
const tellEvery = 50

export function createWork(cancelled: () => boolean = () => false, progress: (done: number, total: number) => void = () => {}, host: EngineHost = engineHost): Work {
  const breathe = breather(host)
  let told = -Infinity
  return {
    cancelled,
    async step(done, total) {
      await breathe()
      if (cancelled()) throw givenUp()
      if (done < total && host.now() - told < tellEvery) return
      told = host.now()
      progress(done, total)
    },
  }
}

/** A part of a piece of work: its steps are told as going from one share of the whole to another. */
export const within = (work: Work, from: number, to: number): Work => ({
  cancelled: () => work.cancelled(),
  step: (done, total) => work.step(total > 0 ? from + (to - from) * done / total : to, 1),
})

export const givenUp = (): UnrollError => new UnrollError('inspect.cancelled', 'The look inside was given up before it was done.')
