import type { EventName, EventPayload, Method, Params, Result } from '@shared/rpc/contract'
import type { Exported, FileToken } from '@shared/rpc/schemas'

/** The main side, as the renderer sees it. Stores call it; components don't. */
export interface RpcClient {
  /** @throws UnrollError what the main side said, or `rpc.disconnected` */
  call<M extends Method>(method: M, ...params: undefined extends Params<M> ? [params?: Params<M>] : [params: Params<M>]): Promise<Result<M>>
  on<E extends EventName>(event: E, handler: (payload: EventPayload<E>) => void): () => void
  /** Told whenever the connection is lost or found again (served workbench). */
  onConnection(handler: (connected: boolean) => void): () => void
}

/** How much of what a user chose has been handed to the main side. */
export interface HandedOver { bytes: number; totalBytes: number; rows: 0; /** Milliseconds; null: not to be told yet. */ remainingMs: number | null }

/** Where the workbench runs: Electron's window, or a browser at the served address. */
export interface WorkbenchHost {
  readonly kind: 'desktop' | 'serve'
  readonly rpc: RpcClient
  /** Hands a dropped or chosen File to the main side (serve: uploads it, telling the bytes sent; desktop: passes its path, never seen here). */
  registerFile(file: File, onProgress?: (sent: number) => void, signal?: AbortSignal): Promise<FileToken>
  /** The host's open dialog; null when dismissed. */
  pickFile(title: string, onProgress?: (handed: HandedOver) => void, signal?: AbortSignal): Promise<FileToken | null>
  /** The host's dialog for a folder; null when dismissed. */
  pickFolder(title: string, onProgress?: (handed: HandedOver) => void, signal?: AbortSignal): Promise<FileToken | null>
  /** Hands an exported file to the user: a save dialog, or a download. False when dismissed. */
  saveExport(exported: Exported): Promise<boolean>
}
