import { spawn } from 'node:child_process'

/** Opens an address of ours in the user's browser; where there is none, the printed address is all. */
export function openBrowser(address: string): void {
  const [command, ...args] = process.platform === 'darwin' ? ['open', address]
    : process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler', address]
      : ['xdg-open', address]
  const child = spawn(command!, args, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
