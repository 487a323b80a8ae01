import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { ErrorEnvelope } from '@shared/errors'
import { UnrollError } from '@shared/errors'
import type { AppInfo, Sample } from '@shared/rpc/schemas'
import { useHost } from '../rpc/use-host'

/** What the workbench knows of its other side: version, devices, samples, and whether it answers. */
export const useApp = defineStore('app', () => {
  const host = useHost()
  const info = shallowRef<AppInfo | null>(null)
  const samples = shallowRef<Sample[]>([])
  const error = shallowRef<ErrorEnvelope | null>(null)
  const loaded = ref(false)
  const connected = ref(true)

  async function load(): Promise<void> {
    error.value = null
    try {
      [info.value, samples.value] = await Promise.all([host.rpc.call('app.info'), host.rpc.call('samples.list')])
      loaded.value = true
    } catch (reason) {
      error.value = UnrollError.from(reason).toJSON()
    }
  }

  host.rpc.onConnection((now) => {
    const returned = now && !connected.value
    connected.value = now
    if (returned) void load()
  })

  return { info, samples, error, loaded, connected, load, hostKind: host.kind }
})
