import { UnrollError } from '@shared/errors'
import { type ServeOptions, type Served, defaultPort, serve } from './serve'

export interface ServeUntilSignalOptions extends Omit<ServeOptions, 'port'> {
  /** Left out: the usual one, or a free one when it is taken. */
  port?: number | undefined
  /** Told what a user should read; `console.log` by default. */
  say?: (line: string) => void
}

/**
 * What `unroll serve` and `npm start` do: serves, says the address, and ends at Ctrl+C or SIGTERM after running runs are
 * checkpointed. A second signal ends at once.
 */
export async function serveUntilSignal({ port, say = console.log, ...options }: ServeUntilSignalOptions): Promise<void> {
  const served = await serveSomewhere(port, options)
  say(`Unroll is at ${served.address}`)
  say(`Your work is kept in ${options.home}. Press Ctrl+C to end; runs are paused and can be resumed.`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  say('Saving and ending…')
  await served.close()
}

async function serveSomewhere(port: number | undefined, options: Omit<ServeOptions, 'port'>): Promise<Served> {
  if (port !== undefined) return serve({ ...options, port })
  try {
    return await serve({ ...options, port: defaultPort })
  } catch (error) {
    if (error instanceof UnrollError && error.code === 'serve.port-taken') return serve({ ...options, port: 0 })
    throw error
  }
}
