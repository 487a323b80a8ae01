import { UnrollError } from '@shared/errors'
import type { Exported, FileToken } from '@shared/rpc/schemas'
import { type DesktopBridge, desktopPortMessage } from '@shared/rpc/desktop-bridge'
import type { WorkbenchHost } from './host'
import { messagePort } from './message-port'
import { PortRpcClient } from './rpc-client'

/** The workbench in Electron's window: the preload hands over one MessagePort, and takes files. */
export async function connectDesktop(bridge: DesktopBridge<File>): Promise<WorkbenchHost> {
  const rpc = new PortRpcClient()
  rpc.attach(messagePort(await portFrom(bridge)))
  return {
    kind: 'desktop',
    rpc,
    async registerFile(file: File): Promise<FileToken> {
      const answer = await bridge.registerFile(file)
      if ('error' in answer) throw UnrollError.from(answer.error)
      return answer.file
    },
    pickFile: (title: string): Promise<FileToken | null> => rpc.call('files.pick', { title }),
    pickFolder: (title: string): Promise<FileToken | null> => rpc.call('files.pick', { title, folder: true }),
    saveExport: (exported: Exported) => rpc.call('files.save', { token: exported.token, fileName: exported.fileName }),
  }
}

function portFrom(bridge: DesktopBridge<File>): Promise<MessagePort> {
  return new Promise((resolve) => {
    const receive = (event: MessageEvent) => {
      if (event.source !== window || event.data !== desktopPortMessage || !event.ports[0]) return
      window.removeEventListener('message', receive)
      resolve(event.ports[0])
    }
    window.addEventListener('message', receive)
    bridge.connect()
  })
}
