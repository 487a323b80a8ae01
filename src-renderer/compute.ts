import { computePortMessage } from '@shared/rpc/desktop-bridge'

/**
 * The hidden window's page: starts the GPU worker and hands it the port that the preload brings. It holds the port until
 * the worker is there; when the worker can't be loaded, the port is closed, which the other end is told of.
 */
const worker = new Worker(new URL('../src-main/hosts/workers/browser/gpu-worker.ts', import.meta.url), { type: 'module', name: 'gpu' })

const ready = new Promise<void>((resolve, reject) => {
  worker.onmessage = () => resolve()
  worker.onerror = () => reject(new Error('The GPU worker could not be loaded.'))
})

window.addEventListener('message', ({ source, data, ports: [port] }) => {
  if (source !== window || data !== computePortMessage || !port) return
  ready.then(() => worker.postMessage(null, [port]), () => port.close())
})
