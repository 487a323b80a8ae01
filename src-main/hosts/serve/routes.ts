import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UnrollError } from '@shared/errors'
import { sessionPath } from '@shared/rpc/serve-paths'
import type { Services } from '../../services/host-capabilities'
import { envelopeOf } from '../../services/rpc/envelope'
import { securityHeaders } from '../page/security-headers'
import type { Doorkeeper } from './doorkeeper'
import { addressOf, hostIsOurs, originIsOurs } from './security'
import { sendFile } from './send-file'
import { type Uploads, uploadName } from './uploads'

export interface Routes {
  door: Doorkeeper
  files: Map<string, string>
  uploads: Uploads
  services: Services
}

/** Answers one request. Whoever has no cookie sees nothing but how to get one. */
export async function answer(request: IncomingMessage, response: ServerResponse, routes: Routes): Promise<void> {
  secure(request, response)
  if (!hostIsOurs(request)) return plain(response, 403, 'This name is not one of Unroll\'s.')
  const url = addressOf(request)
  if (url === null) return plain(response, 400, 'That is no address.')
  const reading = request.method === 'GET' || request.method === 'HEAD'
  if (reading && url.pathname === '/' && url.searchParams.has('token')) return signIn(response, url, routes.door)
  if (!routes.door.admits(request)) return plain(response, 401, 'Open the whole address that "unroll serve" printed, with its token.')
  if (request.method === 'PUT' && url.pathname.startsWith('/files/')) return upload(request, response, url.pathname, routes)
  if (!reading) return plain(response, 405, 'Unroll does not answer to that.')
  if (url.pathname === sessionPath) return void response.writeHead(204).end()
  if (url.pathname.startsWith('/downloads/')) return download(request, response, url.pathname.slice('/downloads/'.length), routes.services)
  const file = routes.files.get(url.pathname)
  if (file === undefined) return plain(response, 404, 'There is no such page.')
  sendFile(response, file, request.method === 'HEAD')
}

function secure(request: IncomingMessage, response: ServerResponse): void {
  const socket = hostIsOurs(request) ? `ws://${request.headers.host}` : ''
  for (const [name, value] of Object.entries(securityHeaders(socket))) response.setHeader(name, value)
}

/** The token becomes a cookie; the page moves on by itself, since a Strict cookie is not sent along a redirect from elsewhere. */
function signIn(response: ServerResponse, url: URL, door: Doorkeeper): void {
  if (!door.accepts(url.searchParams.get('token'))) return plain(response, 401, 'This token is not the one that "unroll serve" printed last.')
  response.writeHead(200, { 'Set-Cookie': door.cookie(), 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end('<!doctype html><html lang="en"><title>Unroll</title><link rel="icon" href="data:,"><meta http-equiv="refresh" content="0;url=/"><a href="/">Unroll</a></html>')
}

async function upload(request: IncomingMessage, response: ServerResponse, pathname: string, { uploads }: Routes): Promise<void> {
  if (!originIsOurs(request)) return plain(response, 403, 'Files are taken from Unroll\'s own page only.')
  const name = uploadName(pathname)
  if (name === null) return plain(response, 400, 'That is no file name.')
  try {
    json(response, 201, await uploads.receive(request, name))
  } catch (error) {
    if (response.destroyed) return
    // What is still being sent is not read, so the connection can't be used again.
    response.setHeader('Connection', 'close')
    json(response, error instanceof UnrollError && error.code === 'upload.too-large' ? 413 : 500, envelopeOf(error))
  }
}

async function download(request: IncomingMessage, response: ServerResponse, token: string, services: Services): Promise<void> {
  const path = services.pathOf(token)
  const info = path === null ? null : await stat(path).catch(() => null)
  if (path === null || !info?.isFile()) return plain(response, 404, 'This file is gone; export it again.')
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': info.size,
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(basename(path))}`,
    'Cache-Control': 'no-store',
  })
  if (request.method === 'HEAD') return void response.end()
  // A reader that goes away ends the pipeline; nobody is left to tell.
  await pipeline(createReadStream(path), response).catch(() => {})
}

function plain(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(`${sentence}\n`)
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(value))
}
