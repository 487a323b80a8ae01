import { UnrollError } from '@shared/errors'
import { connect } from '@renderer/rpc/connect'
import type { WorkbenchHost } from '@renderer/rpc/host'

/** What the spec uses of the page: the workbench's own client, without its screens. */
export interface ServedClient {
  host: WorkbenchHost | null
  refusal: { code: string; hint?: string | undefined } | null
  connection: boolean[]
}

declare global {
  interface Window { client?: ServedClient }
}

const client: ServedClient = { host: null, refusal: null, connection: [] }
try {
  client.host = await connect()
  client.host.rpc.onConnection((connected) => client.connection.push(connected))
} catch (error) {
  const { code, hint } = UnrollError.from(error)
  client.refusal = { code, hint }
}
window.client = client
