import { UnrollError } from '@shared/errors'
import type { Exported, FileToken } from '@shared/rpc/schemas'
import { downloadPath, sessionPath, socketPath } from '@shared/rpc/serve-paths'
import { chosenFiles } from './dropped'
import type { WorkbenchHost } from './host'
import { register } from './register'
import { PortRpcClient } from './rpc-client'
import { socketPort } from './socket-port'
import { uploadFile } from './upload'

const firstDelay = 250
const longestDelay = 10_000

/**
 * The workbench in a browser at the served address. Once connected, it reconnects by itself: after a restart of the
 * server, a sleep of the machine or a broken network, waiting 0.25 s to 10 s between two tries.
 * @throws UnrollError `serve.signed-out` when the browser has no cookie of this server, `serve.unreachable`
 */
export async function connectServe(): Promise<WorkbenchHost> {
  const rpc = new PortRpcClient()
  await keepConnected(rpc)
  const host: WorkbenchHost = {
    kind: 'serve',
    rpc,
    registerFile: uploadFile,
    async pickFile(_title, onProgress, signal): Promise<FileToken | null> {
      const chosen = chosenFiles(await chooseFiles(false))
      return chosen && register(host, chosen, onProgress, signal)
    },
    async pickFolder(_title, onProgress, signal): Promise<FileToken | null> {
      const chosen = chosenFiles(await chooseFiles(true))
      return chosen && register(host, chosen, onProgress, signal)
    },
    async saveExport(exported: Exported): Promise<boolean> {
      const link = document.createElement('a')
      link.href = downloadPath(exported.token)
      link.download = exported.fileName
      link.click()
      return true
    },
  }
  return host
}

/** @returns after the first connection */
async function keepConnected(rpc: PortRpcClient): Promise<void> {
  const socket = await openSocket().catch(async () => { throw await whyNot() })
  attach(rpc, socket)
}

function attach(rpc: PortRpcClient, socket: WebSocket): void {
  rpc.attach(socketPort(socket))
  socket.addEventListener('close', () => { void reconnect(rpc) })
}

async function reconnect(rpc: PortRpcClient): Promise<void> {
  for (let delay = firstDelay; ; delay = Math.min(2 * delay, longestDelay)) {
    try {
      attach(rpc, await openSocket())
      return
    } catch {
      await pauseOrOnline(delay)
    }
  }
}

function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${socketPath}`)
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(socket), { once: true })
    socket.addEventListener('close', () => reject(new Error('not opened')), { once: true })
  })
}

/** A browser hides why a WebSocket was refused; a plain request tells. */
async function whyNot(): Promise<UnrollError> {
  const status = await fetch(sessionPath).then((response) => response.status, () => 0)
  if (status === 401) {
    return new UnrollError('serve.signed-out', 'This browser is not signed in to this Unroll.', { hint: 'Open the whole address that "unroll serve" printed, with its token.' })
  }
  return new UnrollError('serve.unreachable', 'Unroll does not answer at this address.', { hint: 'See whether "unroll serve" still runs, then reload this page.' })
}

/** Ends early when the network is back or the page is looked at again. */
function pauseOrOnline(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      window.removeEventListener('online', done)
      document.removeEventListener('visibilitychange', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    window.addEventListener('online', done)
    document.addEventListener('visibilitychange', done)
  })
}

/** Files, or all of a folder; none when dismissed. */
function chooseFiles(folder: boolean): Promise<File[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = true
  input.webkitdirectory = folder
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve([...input.files ?? []]))
    input.addEventListener('cancel', () => resolve([]))
    input.click()
  })
}
