import { readFile } from 'node:fs/promises'
import { protocol } from 'electron'
import { mediaType } from '../page/media-types'
import { pageFiles } from '../page/page-files'
import { rendererFolder } from '../page/renderer-folder'
import { securityHeaders } from '../page/security-headers'

const scheme = 'app'
const host = 'unroll'

/** electron-vite's development server, when `npm run dev` started us. */
const developmentServer = process.env['ELECTRON_RENDERER_URL']

/** Before the app is ready: makes app:// a real origin, with a secure context and CORS. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } },
  ])
}

/** Serves the workbench's files, and nothing else, at app://unroll/. */
export async function handleAppScheme(): Promise<void> {
  const files = developmentServer ? new Map<string, string>() : await pageFiles(rendererFolder())
  protocol.handle(scheme, async (request) => {
    const url = new URL(request.url)
    const path = url.host === host ? files.get(url.pathname) : undefined
    if (path === undefined || request.method !== 'GET') return new Response('There is no such page.', { status: 404, headers: securityHeaders() })
    return new Response(await readFile(path), { headers: { 'Content-Type': mediaType(path), ...securityHeaders() } })
  })
}

export const pageAddress = (page: 'index.html' | 'compute.html'): string => developmentServer ? `${developmentServer}/${page}` : `${scheme}://${host}/${page}`

/** Whether an address is a page of ours. Compared by parts: Node gives own schemes no origin. */
export function isOurPage(address: string): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  if (url.protocol === `${scheme}:` && url.host === host) return true
  return developmentServer !== undefined && url.origin === new URL(developmentServer).origin
}
