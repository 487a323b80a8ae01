import { UnrollError } from '@shared/errors'

/** How often a run under way is asked whether it was given up, in ms. */
const interval = 20

// Every host of the engine has timers; the language itself doesn't declare them.
declare const setTimeout: (work: () => void, milliseconds: number) => unknown
declare const clearTimeout: (timer: unknown) => void

/**
 * Waits for a GPU's work, or gives it up as soon as `cancelled()` says so. What was submitted runs to its end on the
 * device; nobody reads it.
 * @throws UnrollError `run.cancelled`
 */
export async function untilCancelled<T>(start: () => Promise<T>, cancelled?: () => boolean): Promise<T> {
  if (!cancelled) return start()
  const givenUp = () => new UnrollError('run.cancelled', 'The run was given up before it ended.')
  if (cancelled()) throw givenUp()
  const work = start()
  let timer: unknown
  const watch = new Promise<never>((_, reject) => {
    const look = () => {
      if (cancelled()) reject(givenUp())
      else timer = setTimeout(look, interval)
    }
    timer = setTimeout(look, interval)
  })
  try {
    const value = await Promise.race([work, watch])
    if (cancelled()) throw givenUp()
    return value
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}
