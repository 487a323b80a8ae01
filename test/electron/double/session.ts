import type { Session, WebContents } from 'electron'

type RequestHandler = NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>
type Permission = Parameters<RequestHandler>[1]

let requestHandler: RequestHandler | null = null
const asked: Permission[] = ['geolocation', 'notifications', 'clipboard-read', 'midi']

export const session = {
  defaultSession: {
    setPermissionRequestHandler(handler) { requestHandler = handler },
    setPermissionCheckHandler() {},
    setDevicePermissionHandler() {},
  } satisfies Pick<Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'>,
}

/** What pages may do: as Electron, everything unless the app says no. */
export function grantedPermissions(): string[] {
  const handler = requestHandler
  if (!handler) return asked
  return asked.filter((permission) => {
    let granted = false
    handler({} as WebContents, permission, (answer) => { granted = answer }, { isMainFrame: true, requestingUrl: '' })
    return granted
  })
}
