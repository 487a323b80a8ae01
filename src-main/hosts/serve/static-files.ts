import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join, relative, sep } from 'node:path'
import { mediaType } from '../media-types'

/**
 * The renderer's files. The list is made once, and only what is on it can be named: no path is ever joined from what a
 * request says.
 */
export async function staticFiles(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(`/${relative(root, path).split(sep).join('/')}`, path)
  }
  const index = files.get('/index.html')
  if (index) files.set('/', index)
  return files
}

/** Names with a hash in them never change; the page itself is asked for each time. */
export function sendFile(response: ServerResponse, path: string, head: boolean): void {
  const hashed = /-[\w-]{8}\.\w+$/.test(path)
  response.writeHead(200, { 'Content-Type': mediaType(path), 'Cache-Control': hashed ? 'private, max-age=31536000, immutable' : 'no-cache' })
  if (head) response.end()
  else createReadStream(path).on('error', () => response.destroy()).pipe(response)
}
