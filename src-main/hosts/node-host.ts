import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { UnrollError } from '@shared/errors'
import type { Port } from '@shared/rpc/port'
import type { ComputeWorker, HostCapabilities } from '../services/host-capabilities'
import { startGpuProcess } from './workers/gpu-process'
import { nodePort } from './workers/node-port'
import { probeNodeGpu, type GpuProbe } from './workers/probe-gpu'

export interface NodeHostOptions {
  kind: 'serve' | 'cli'
  /** The folder everything is kept in. */
  home: string
  /** The folder of the built workers; found by itself when absent. */
  workers?: string
}

/** What plain Node lends to the services: worker threads, and a GPU through Dawn in a process of its own. Shared by serve and the command line. */
export function nodeHost({ kind, home, workers }: NodeHostOptions): HostCapabilities {
  const top = packageFolder()
  let asked: Promise<GpuProbe> | null = null
  const probeGpu = () => asked ??= probeNodeGpu()
  return {
    kind,
    version: packageVersion(),
    home,
    samples: join(top, 'build/generated/samples'),
    async startCompute(device) {
      if (device === 'cpu') return startThread('cpu-worker', workers)
      const gpu = await probeGpu()
      if (gpu.available) return startGpuProcess(workerFile('gpu-worker', workers))
      throw new UnrollError('device.unavailable', `There is no GPU to train on: ${gpu.description}`, { hint: 'Choose the device "cpu" or "auto".' })
    },
    startData: async () => startThread('data-worker', workers),
    probeGpu,
  }
}

/** Where everything is kept unless the user says otherwise: $UNROLL_HOME, else the system's folder for program data. */
export function defaultHome(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment['UNROLL_HOME']) return environment['UNROLL_HOME']
  if (process.platform === 'win32') return join(environment['APPDATA'] ?? join(homedir(), 'AppData/Roaming'), 'Unroll')
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support/Unroll')
  return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local/share'), 'unroll')
}

/** Unroll's version, from its package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as { version: string }).version
}

/** The nearest folder above this module with a package.json: the checkout, or the packaged app. */
function packageFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder)) throw new UnrollError('internal.no-package', 'Unroll can\'t find its own package.json above its program files.')
  }
}

/** Workers are built beside the program; a program run from its sources uses the checkout's build. */
function workerFile(name: string, folder?: string): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const folders = folder === undefined ? [here, dirname(here), join(packageFolder(), 'out/main')] : [folder]
  const places = folders.map((each) => join(each, `${name}.js`))
  const found = places.find((place) => existsSync(place))
  if (found === undefined) {
    throw new UnrollError('internal.not-built', `The worker ${name}.js isn't built; looked in ${places.join(', ')}.`, { hint: 'Run npm run build.' })
  }
  return found
}

/**
 * A thread that computes keeps its numbers in WebAssembly and makes little garbage a step: with a small nursery, megabytes,
 * it is collected soon, and a long run stays as large as it was at its start.
 */
const COMPUTING = { maxYoungGenerationSizeMb: 6 }

/** Starts a built worker, e.g. `cpu-worker`, as a thread. */
export function startThread(name: 'cpu-worker' | 'data-worker', folder?: string): ComputeWorker {
  const thread = new Worker(pathToFileURL(workerFile(name, folder)), { name, resourceLimits: name === 'cpu-worker' ? COMPUTING : {} })
  const listeners: ((reason: string) => void)[] = []
  let ended: string | null = null
  let failure: string | null = null
  let wanted = false
  const onEnd = (reason: string) => {
    if (ended !== null) return
    ended = reason
    if (!wanted) for (const listener of listeners) listener(reason)
  }
  // 'error' comes before 'exit' and says more.
  thread.on('error', (error) => { failure = error instanceof Error ? error.message : String(error) })
  thread.on('exit', (code) => onEnd(failure ?? `the thread ended with code ${code}`))
  const terminate = async () => {
    wanted = true
    await thread.terminate()
  }
  const port: Port = nodePort(thread, () => void terminate())
  return {
    port,
    terminate,
    onExit(listener) {
      listeners.push(listener)
      if (ended !== null && !wanted) listener(ended)
    },
  }
}
