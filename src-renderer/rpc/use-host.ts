import { inject, type InjectionKey } from 'vue'
import type { WorkbenchHost } from './host'

export const hostKey: InjectionKey<WorkbenchHost> = Symbol('workbench host')

/** The main side. For stores: components ask a store instead. */
export function useHost(): WorkbenchHost {
  const host = inject(hostKey)
  if (!host) throw new Error('No WorkbenchHost was provided to this app.')
  return host
}
