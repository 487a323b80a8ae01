import { fork } from 'node:child_process'
import type { ComputeWorker } from '../../services/host-capabilities'

/**
 * Starts the GPU worker as a process of its own. Not a thread: ending a thread while Dawn maps a buffer aborts the whole
 * process, and so does a graphics driver that crashes.
 * @param file the built gpu-worker
 */
export function startGpuProcess(file: string): ComputeWorker {
  // 'advanced' is structured clone: typed arrays arrive as they are.
  const child = fork(file, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } })
  const listeners: ((reason: string) => void)[] = []
  let ended: string | null = null
  let wanted = false
  let said = ''
  // Drivers write warnings all the time; only the last words of a process that died are of use.
  child.stderr?.on('data', (data: Buffer) => { said = (said + data.toString()).slice(-2000) })
  const gone = new Promise<void>((resolve) => {
    const end = (reason: string) => {
      if (ended === null) {
        ended = reason
        if (!wanted) for (const listener of listeners) listener(reason)
      }
      resolve()
    }
    child.on('error', (error) => end(error.message))
    child.on('close', (code, signal) => {
      const last = said.trimEnd().split('\n').at(-1)
      end(`the GPU process ended ${signal ? `by ${signal}` : `with code ${code}`}${last ? `: ${last}` : ''}`)
    })
  })
  const terminate = async () => {
    wanted = true
    child.kill('SIGKILL')
    await gone
  }
  const early: unknown[] = []
  let deliver: ((message: unknown) => void) | null = null
  child.on('message', (message) => {
    if (deliver === null) early.push(message)
    else deliver(message)
  })
  return {
    port: {
      // A message to a process that has just died is lost like any other; onExit tells of the death.
      post: (message) => { if (child.connected) child.send(message as object, () => {}) },
      listen(listener) {
        deliver = listener
        for (const message of early.splice(0)) listener(message)
      },
      onClose: (listener) => { child.on('disconnect', listener) },
      close: () => void terminate(),
    },
    terminate,
    onExit(listener) {
      listeners.push(listener)
      if (ended !== null && !wanted) listener(ended)
    },
  }
}
