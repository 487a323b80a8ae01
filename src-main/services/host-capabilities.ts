import type { Emit, Handlers } from '@shared/rpc/contract'
import type { Port } from '@shared/rpc/port'
import type { FileToken } from '@shared/rpc/schemas'

/** What a host (desktop, serve, command line) lends to the services. */
export interface HostCapabilities {
  kind: 'desktop' | 'serve' | 'cli'
  version: string
  /** The folder everything is kept in: datasets/, runs/. Made when missing. */
  home: string
  /** The folder with samples.json and the samples' files. */
  samples: string
  /** Starts a compute worker; throws UnrollError `device.unavailable` saying why when there is none. */
  startCompute(kind: 'cpu' | 'gpu'): Promise<ComputeWorker>
  /** Starts the data worker (services/data-protocol.ts). */
  startData(): Promise<{ port: Port; terminate(): Promise<void> }>
  /** Whether a GPU answers; asked once. */
  probeGpu(): Promise<{ available: boolean; description: string }>
  /** Desktop's dialogs; absent elsewhere. */
  pickFile?(title: string, folder: boolean): Promise<string | null>
  saveFile?(path: string, fileName: string): Promise<boolean>
}

export interface ComputeWorker {
  port: Port
  /** Ends it at once, whatever it does. */
  terminate(): Promise<void>
  /** Called when it died of itself. */
  onExit(listener: (reason: string) => void): void
}

export interface Services {
  handlers: Handlers
  /** Every event goes to every listener. */
  subscribe(listener: Emit): () => void
  /** The user handed over a file: from now on the token stands for its path. */
  grantFile(path: string, name?: string): Promise<FileToken>
  /** Path behind an export's or a file's token; null when unknown. */
  pathOf(token: string): string | null
  /** Pauses and checkpoints running runs, ends workers. */
  close(): Promise<void>
}
