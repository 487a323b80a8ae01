import { type IncomingMessage, type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { UnrollError } from '@shared/errors'
import { socketPath } from '@shared/rpc/serve-paths'
import { createServices } from '../../services/create-services'
import type { Services } from '../../services/host-capabilities'
import { envelopeOf } from '../../services/rpc/envelope'
import { serveContract } from '../../services/rpc/serve-contract'
import { nodeHost } from '../node-host'
import { pageFiles } from '../page/page-files'
import { rendererFolder } from '../page/renderer-folder'
import { Doorkeeper } from './doorkeeper'
import { openBrowser } from './open-browser'
import { type Routes, answer } from './routes'
import { addressOf } from './security'
import { sessionSecret } from './session-secret'
import { socketPort } from './socket-port'
import { Uploads } from './uploads'

/** Where `unroll serve` listens unless it is told or the port is taken. */
export const defaultPort = 7878

/** The largest message of a page; files come by PUT. */
const messageLimit = 8 * 2 ** 20

export interface ServeOptions {
  /** 0: a free one. */
  port: number
  /** The folder everything is kept in. */
  home: string
  /** Opens the address in the user's browser. */
  open?: boolean
  /** The built workbench; out/renderer by default. */
  renderer?: string
  /** Instead of the real ones, in tests. */
  services?: Services
}

export interface Served {
  /** With the token: whoever has it may use this Unroll. */
  address: string
  port: number
  /** Pauses and checkpoints running runs, then ends. */
  close(): Promise<void>
}

/**
 * Serves the workbench to browsers of this machine, on 127.0.0.1 only.
 * @throws UnrollError `serve.port-taken`, `serve.port-forbidden`, `internal.not-built`
 */
export async function serve(options: ServeOptions): Promise<Served> {
  const files = await pageFiles(options.renderer ?? rendererFolder())
  const secret = await sessionSecret(options.home)
  const server = createServer()
  // A large upload takes longer than Node's five minutes.
  server.requestTimeout = 0
  await listen(server, options.port)
  const { port } = server.address() as AddressInfo
  const services = options.services ?? await startServices(server, options.home)
  const door = new Doorkeeper(secret, () => port)
  const uploads = new Uploads(options.home, services.grantFile)
  await uploads.clear()
  const sockets = acceptRequests(server, { door, files, uploads, services })
  const address = `http://127.0.0.1:${port}/?token=${door.token}`
  if (options.open) openBrowser(address)
  return { address, port, close: once(() => close(server, sockets, services, uploads)) }
}

async function startServices(server: Server, home: string): Promise<Services> {
  try {
    return await createServices(nodeHost({ kind: 'serve', home }))
  } catch (error) {
    server.close()
    throw error
  }
}

function acceptRequests(server: Server, routes: Routes): WebSocketServer {
  const { door, services } = routes
  const sockets = new WebSocketServer({ noServer: true, maxPayload: messageLimit })
  server.on('request', (request, response) => {
    answer(request, response, routes).catch((error: unknown) => {
      envelopeOf(error)
      response.destroy()
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A browser that goes away while it is being refused.
    socket.on('error', () => socket.destroy())
    if (addressOf(request)?.pathname !== socketPath || !door.admitsSocket(request)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      serveContract(socketPort(webSocket), services.handlers, services.subscribe)
    })
  })
  return sockets
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, port)))
    server.listen({ port, host: '127.0.0.1' }, resolve)
  })
}

function explained(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new UnrollError('serve.port-taken', `Port ${port} is taken by another program.`, { hint: 'Name another with --port, or --port 0 for any free one.' })
  }
  if (error.code === 'EACCES') {
    return new UnrollError('serve.port-forbidden', `This user may not use port ${port}.`, { hint: 'Name a port above 1023 with --port.' })
  }
  return error
}

async function close(server: Server, sockets: WebSocketServer, services: Services, uploads: Uploads): Promise<void> {
  const ended = new Promise((resolve) => server.close(resolve))
  for (const socket of sockets.clients) socket.close(1001)
  await services.close()
  for (const socket of sockets.clients) socket.terminate()
  server.closeAllConnections()
  await ended
  await uploads.clear()
}

function once(end: () => Promise<void>): () => Promise<void> {
  let ending: Promise<void> | null = null
  return () => ending ??= end()
}
