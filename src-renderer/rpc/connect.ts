import type { DesktopBridge } from '@shared/rpc/desktop-bridge'
import { connectDesktop } from './desktop-host'
import type { WorkbenchHost } from './host'
import { connectServe } from './serve-host'

declare global {
  interface Window {
    /** Given by the desktop's preload; absent in a browser. */
    unroll?: DesktopBridge<File>
  }
}

/**
 * Connects the page to the main side, wherever it runs.
 * @throws UnrollError `serve.signed-out` or `serve.unreachable` in a browser
 */
export const connect = (): Promise<WorkbenchHost> => window.unroll ? connectDesktop(window.unroll) : connectServe()
