import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { contract, type EventName, type EventPayload, type Method, type Params, type Result } from '@shared/rpc/contract'
import { runSchema, type Dataset, type Run } from '@shared/rpc/schemas'
import { nodeHost } from '@main/hosts/node-host'
import { createServices } from '@main/services/create-services'
import type { HostCapabilities, Services } from '@main/services/host-capabilities'
import { builtMain } from '../support/build-once'
import { smallText } from '../support/small-text'

export interface Opened {
  services: Services
  home: string
  /** As a window would: parameters through their schema, the answer checked against its own. */
  call<M extends Method>(method: M, ...params: undefined extends Params<M> ? [params?: Params<M>] : [params: Params<M>]): Promise<Result<M>>
  told<E extends EventName>(event: E): EventPayload<E>[]
  /** Resolves with the run when it is as wished. */
  until(id: string, wished: (run: Run) => boolean): Promise<Run>
  importText(characters?: number): Promise<Dataset>
}

/** The services on a home, with the workers that `nodeHost` starts, as the hosts use them. */
export async function openServices(home: string, change: (host: HostCapabilities) => HostCapabilities = (host) => host): Promise<Opened> {
  const host = nodeHost({ kind: 'serve', home, workers: await builtMain() })
  // No test waits for a GPU that only some machines have.
  const services = await createServices(change({ ...host, probeGpu: async () => ({ available: false, description: 'left out in this test' }) }))
  let open = true
  onTestFinished(async () => { if (open) await services.close() })
  const events: { event: EventName; payload: unknown }[] = []
  const watchers = new Set<() => void>()
  services.subscribe((event, payload) => {
    events.push({ event, payload })
    for (const watcher of watchers) watcher()
  })
  const call: Opened['call'] = async (method, ...params) => {
    const handler = services.handlers[method] as (params: unknown) => Promise<unknown>
    return contract[method].result.parse(await handler(contract[method].params.parse(params[0]))) as never
  }
  return {
    services: { ...services, close: () => { open = false; return services.close() } }, home, call,
    told: (name) => events.filter(({ event }) => event === name).map(({ payload }) => payload) as never,
    until: (id, wished) => new Promise((resolve, reject) => {
      const look = () => void services.handlers['runs.get']({ id }).then((run) => {
        if (wished(run)) done(run)
      }, reject)
      const timer = setTimeout(() => void services.handlers['runs.get']({ id }).then((run) => reject(new Error(`The run stayed ${JSON.stringify(run)}`)), reject), 60_000)
      const done = (run: Run) => {
        clearTimeout(timer)
        watchers.delete(look)
        resolve(runSchema.parse(run))
      }
      watchers.add(look)
      look()
    }),
    async importText(characters = 20_000) {
      const path = join(home, 'corpus.txt')
      writeFileSync(path, smallText(characters))
      const { token } = await services.grantFile(path)
      return call('datasets.import', { file: token, name: 'A small text', options: { kind: 'text' } })
    },
  }
}

export const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n')
