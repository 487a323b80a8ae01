import type { ErrorEnvelope } from '../errors'
import type { FileToken } from './schemas'

/** An error as a value: a thrown one would lose its code on the way. */
export type GrantAnswer = { file: FileToken } | { error: ErrorEnvelope }

/**
 * All that the desktop's preload gives to the workbench's page, as `window.unroll`.
 * `DroppedFile` is the DOM's File, which this layer has no types for.
 */
export interface DesktopBridge<DroppedFile> {
  /** Asks for the port; it comes as a window message `desktopPortMessage` with the port attached. */
  connect(): void
  /** The token of a file that the user dropped or chose; its path goes to the main side only. */
  registerFile(file: DroppedFile): Promise<GrantAnswer>
}

/** The window message by which the workbench's page gets its port. */
export const desktopPortMessage = 'unroll.port'
/** The window message by which the hidden compute window's page gets its port. */
export const computePortMessage = 'unroll.compute-port'
