import type { Port } from '@shared/rpc/port'

/** The port to the process that forked this one. When that is gone, so is this. */
export function portToParentProcess(): Port {
  const send = process.send?.bind(process)
  if (!send) throw new Error('This module is a worker process\'s entry; it was started as a program.')
  // By force: a graphics driver may not outlive an orderly end.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  // Ctrl-C reaches all processes of a terminal; the host decides what to keep and when to end this one.
  process.on('SIGINT', () => {})
  const early: unknown[] = []
  let deliver: ((message: unknown) => void) | null = null
  process.on('message', (message) => {
    if (deliver === null) early.push(message)
    else deliver(message)
  })
  return {
    post: (message) => { send(message) },
    listen(listener) {
      deliver = listener
      for (const message of early.splice(0)) listener(message)
    },
    onClose: (listener) => { process.on('disconnect', listener) },
    close: () => process.disconnect(),
  }
}
