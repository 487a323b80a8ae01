import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'
import { pathToFileURL } from 'node:url'
import { webGpuName } from '../../engine/backends/gpu/adapter'

export interface GpuProbe {
  available: boolean
  /** "WebGPU (NVIDIA GeForce RTX 3060)", or why there is none. */
  description: string
}

/** A driver that hasn't answered by then won't. */
const patience = 20_000

/** Runs in a process of its own; prints the adapter's info, or null. Ends by force: drivers like to crash when asked nicely. */
const question = `
const { create } = await import(process.argv[1])
const gpu = create([])
const info = (await gpu.requestAdapter())?.info
const text = JSON.stringify(info ? { vendor: info.vendor, architecture: info.architecture, device: info.device, description: info.description } : null)
process.stdout.write('\\n' + text, () => process.reallyExit(0))
`

/**
 * Whether Node finds a GPU, asked in a child process: a graphics driver that crashes takes only that with it.
 * Never throws.
 */
export async function probeNodeGpu(): Promise<GpuProbe> {
  let module: string
  try {
    module = pathToFileURL(createRequire(import.meta.url).resolve('webgpu')).href
  } catch {
    return { available: false, description: 'WebGPU isn\'t installed.' }
  }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--input-type=module', '-e', question, module], {
      timeout: patience, killSignal: 'SIGKILL', env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    }, (error, stdout) => resolve(read(stdout, error)))
    yieldTo(child.pid)
  })
}

/** A driver that is loaded takes a core for up to a second, just when the first window is drawn: that goes first. */
function yieldTo(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended, or the system doesn't let us.
  }
}

function read(output: string, error: (Error & { signal?: NodeJS.Signals | null; killed?: boolean }) | null): GpuProbe {
  const line = output.trimEnd().split('\n').at(-1) ?? ''
  if (error === null || line.startsWith('{')) {
    const info = JSON.parse(line) as { vendor: string; architecture: string; device: string; description: string } | null
    if (info === null) return { available: false, description: 'WebGPU found no graphics adapter.' }
    return { available: true, description: webGpuName(info) }
  }
  if (error.killed) return { available: false, description: `The graphics driver didn't answer within ${patience / 1000} s.` }
  if (error.signal) return { available: false, description: `The graphics driver crashed when it was asked (${error.signal}).` }
  return { available: false, description: 'WebGPU can\'t be loaded here.' }
}
