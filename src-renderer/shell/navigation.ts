import { readonly, shallowRef } from 'vue'
import { parseHash, type Route, type ScreenId, toHash } from './routes'

const current = shallowRef<Route>(parseHash(typeof location === 'undefined' ? '' : location.hash))

/** Where the user is: follows the address, so that Back, Forward and a reload work. */
export const route = readonly(current)

export function navigate(screen: ScreenId, id: string | null = null): void {
  const hash = toHash(screen, id)
  if (location.hash === hash) return
  location.hash = hash
  current.value = parseHash(hash)
}

export function followAddress(): () => void {
  const follow = () => { current.value = parseHash(location.hash) }
  window.addEventListener('hashchange', follow)
  follow()
  return () => window.removeEventListener('hashchange', follow)
}
