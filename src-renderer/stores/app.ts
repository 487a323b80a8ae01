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
  /** Whether the samples are there. */
  const loaded = ref(false)
  const connected = ref(true)

  async function load(): Promise<void> {
    error.value = null
    try {
      // The samples don't wait for the rest: asking the graphics driver can take its time.
      await Promise.all([
        host.rpc.call('samples.list').then((found) => {
          samples.value = found
          loaded.value = true
        }),
        host.rpc.call('app.info').then((found) => { info.value = found }),
      ])
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
