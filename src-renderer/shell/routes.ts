/** Screens and their addresses. `#/dashboard/RUN` is all there is to it: no router package is needed. */
export const screenIds = ['start', 'data', 'model', 'dashboard', 'states', 'playground', 'export'] as const
export type ScreenId = (typeof screenIds)[number]

export interface Route {
  screen: ScreenId
  /** A dataset's id on `data` and `model`, a run's on the later screens. */
  id: string | null
}

const idPattern = /^[a-z0-9][a-z0-9-]{0,99}$/

/** Whatever can't be read leads to the start screen. */
export function parseHash(hash: string): Route {
  const [screen, id] = hash.replace(/^#\/?/, '').split('/')
  const known = screenIds.find((candidate) => candidate === screen)
  if (!known) return { screen: 'start', id: null }
  return { screen: known, id: id !== undefined && idPattern.test(id) && known !== 'start' ? id : null }
}

export const toHash = (screen: ScreenId, id: string | null = null): string => id ? `#/${screen}/${id}` : `#/${screen}`
