import { join } from 'node:path'
import { BrowserWindow, app, dialog } from 'electron'
import { UnrollError } from '@shared/errors'
import { computeClient } from '../../services/compute/compute-client'
import { copyAtomic } from '../../services/files/atomic'
import type { HostCapabilities } from '../../services/host-capabilities'
import { nodeHost } from '../node-host'
import { startGpuWorker } from './compute-window'
import { workbenchWindow } from './windows'

type Gpu = Awaited<ReturnType<HostCapabilities['probeGpu']>>

/** What Electron lends to the services: Node's worker threads, Chromium's GPU, the system's dialogs. */
export function desktopHost(home: string): HostCapabilities {
  const node = nodeHost({ kind: 'serve', home })
  let gpu: Promise<Gpu> | null = null
  return {
    ...node,
    kind: 'desktop',
    startCompute: (kind) => kind === 'gpu' ? startGpuWorker() : node.startCompute(kind),
    probeGpu: () => gpu ??= probeGpu(),
    pickFile,
    saveFile,
  }
}

async function probeGpu(): Promise<Gpu> {
  try {
    const client = computeClient(await startGpuWorker())
    try {
      return { available: true, description: (await client.describe()).description }
    } finally {
      await client.terminate()
    }
  } catch (error) {
    return { available: false, description: UnrollError.from(error).message }
  }
}

async function pickFile(title: string, folder: boolean): Promise<string | null> {
  const answer = await dialog.showOpenDialog(owner(), { title, properties: [folder ? 'openDirectory' : 'openFile'] })
  return answer.canceled ? null : answer.filePaths[0] ?? null
}

async function saveFile(path: string, fileName: string): Promise<boolean> {
  const answer = await dialog.showSaveDialog(owner(), { defaultPath: join(app.getPath('documents'), fileName) })
  if (answer.canceled || !answer.filePath) return false
  await copyAtomic(path, answer.filePath)
  return true
}

function owner(): BrowserWindow {
  const window = workbenchWindow()
  if (!window) throw new UnrollError('ipc.no-window', 'The workbench\'s window is closed.')
  return window
}
