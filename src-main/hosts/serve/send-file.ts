import { createReadStream } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { mediaType } from '../page/media-types'

/** Names with a hash in them never change; the page itself is asked for each time. */
export function sendFile(response: ServerResponse, path: string, head: boolean): void {
  const hashed = /-[\w-]{8}\.\w+$/.test(path)
  response.writeHead(200, { 'Content-Type': mediaType(path), 'Cache-Control': hashed ? 'private, max-age=31536000, immutable' : 'no-cache' })
  if (head) response.end()
  else createReadStream(path).on('error', () => response.destroy()).pipe(response)
}
