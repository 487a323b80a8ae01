import { type Screen, screens } from './screens'

/** Rest before the first of them: what the first screen still asks for comes first. */
const RESTING_MS = 1000

/**
 * Loads the code of the screens that aren't shown yet, one at a time while the page is idle, so that the first look at
 * one costs no loading. What fails is asked for again when the screen is opened, and told there.
 * @returns an end to it
 */
export function preloadScreens(which: readonly Pick<Screen, 'load'>[] = screens): () => void {
  let ended = false
  const next = async ([screen, ...rest]: typeof which): Promise<void> => {
    if (!screen || ended) return
    await idle()
    if (ended) return
    await screen.load().catch(() => {})
    await next(rest)
  }
  const timer = setTimeout(() => void next(which), RESTING_MS)
  return () => {
    ended = true
    clearTimeout(timer)
  }
}

/** Not all browsers tell when they are idle. */
const idle = (): Promise<unknown> => new Promise((resolve) => {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(resolve, { timeout: 5000 })
  else setTimeout(resolve, 200)
})
