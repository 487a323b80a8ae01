/**
 * The least that a message channel gives: a MessagePort, a WebSocket, Electron's IPC or a worker, made alike.
 * Messages keep typed arrays.
 */
export interface Port {
  post(message: unknown): void
  /** One listener at a time; messages that came before it was set are kept for it. */
  listen(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
  close(): void
}
