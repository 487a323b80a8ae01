import { UnrollError } from '@shared/errors'
import type { Device } from '@shared/experiment/schema'
import type { SessionOptions, SessionPlan } from '../../engine/training/types'
import { computeClient, type ComputeClient } from '../compute/compute-client'
import type { ComputeEvents } from '../compute/protocol'
import type { HostCapabilities } from '../host-capabilities'

export type DeviceKind = 'cpu' | 'gpu'

/** A worker with the session prepared on it. */
export interface Chosen {
  client: ComputeClient
  kind: DeviceKind
  plan: SessionPlan
  /** "WebAssembly SIMD (auto: 3.1 ms a step, WebGPU (SwiftShader) 9.8 ms)". */
  device: string
}

/** Milliseconds that a device has to get ready: a graphics driver compiles a hundred kernels, and some take their time. */
const readyPatience = 15_000
/** Milliseconds that timing may take on a device that has its kernels compiled. */
const timingPatience = 4_000

/**
 * Prepares the session on the device asked for. `auto` times a few steps of this very model on each device there is, with as
 * many threads as it would train on, and keeps the faster; a device on which the model doesn't run is left out. Nothing of it
 * is remembered but a run's own choice: the next model may be another matter, and asking takes a second or two.
 * @param before the kind an earlier part of this run was trained on: `auto` stays with it where it still works
 * @param gpuFailed why `auto` mustn't take the GPU; null when it may
 * @throws UnrollError `device.unavailable` when the GPU was asked for and there is none; under `auto` what the CPU said when
 *         the model runs on neither
 */
export async function chooseDevice(
  host: HostCapabilities, wanted: Device, before: DeviceKind | null, options: SessionOptions, events: ComputeEvents, signal: AbortSignal,
  gpuFailed: string | null = null,
): Promise<Chosen> {
  const on = (kind: DeviceKind, why = '') => start(host, kind, options, events, signal, why)
  if (wanted !== 'auto') return on(wanted)
  if (gpuFailed !== null) return on('cpu', ` (auto: the GPU failed: ${gpuFailed})`)
  if (before === 'cpu') return on('cpu', ' (auto: as before)')
  const gpu = await host.probeGpu()
  if (!gpu.available) return on('cpu', before === 'gpu' ? ` (auto: the GPU it began on isn't there: ${gpu.description})` : ` (auto: ${noGpu(gpu.description)})`)
  if (before === null) return faster(host, options, events, signal)
  try {
    return await on('gpu', ' (auto: as before)')
  } catch (error) {
    if (signal.aborted) throw error
    return on('cpu', ` (auto: the GPU it began on failed: ${UnrollError.from(error).message})`)
  }
}

/** What became of a device: the session on it, and milliseconds a step, Infinity when it took too long to tell. */
type Tried = { chosen: Chosen; time: number } | { chosen: null; error: UnrollError }

async function faster(host: HostCapabilities, options: SessionOptions, events: ComputeEvents, signal: AbortSignal): Promise<Chosen> {
  // One after the other: together each would slow the other down.
  const cpu = await attempt(host, 'cpu', options, events, signal)
  const gpu = signal.aborted ? null : await attempt(host, 'gpu', options, events, signal)
  if (signal.aborted) {
    await Promise.all([cpu.chosen?.client.terminate(), gpu?.chosen?.client.terminate()])
    signal.throwIfAborted()
  }
  if (cpu.chosen === null) {
    if (gpu?.chosen) return { ...gpu.chosen, device: `${gpu.chosen.device} (auto: ${perStep(gpu.time)}; the CPU was left out: ${cpu.error.message})` }
    throw cpu.error
  }
  if (!gpu?.chosen) return { ...cpu.chosen, device: `${cpu.chosen.device} (auto: ${perStep(cpu.time)}; the GPU was left out: ${gpu?.error.message ?? 'it was given up'})` }
  const [winner, loser] = gpu.time < cpu.time ? [gpu, cpu] : [cpu, gpu]
  await loser.chosen!.client.terminate()
  return { ...winner.chosen!, device: `${winner.chosen!.device} (auto: ${perStep(winner.time)}, ${loser.chosen!.device} ${milliseconds(loser.time)})` }
}

/** Never rejects. */
async function attempt(host: HostCapabilities, kind: DeviceKind, options: SessionOptions, events: ComputeEvents, signal: AbortSignal): Promise<Tried> {
  const ready = deadline(readyPatience)
  let chosen: Chosen | null = null
  try {
    chosen = await Promise.race([start(host, kind, options, events, AbortSignal.any([signal, ready.signal])), ready.reached])
    return { chosen, time: await stepTime(chosen.client, signal, kind === 'gpu' ? readyPatience : timingPatience) }
  } catch (error) {
    await chosen?.client.terminate()
    return { chosen: null, error: UnrollError.from(error) }
  } finally {
    ready.clear()
  }
}

async function start(
  host: HostCapabilities, kind: DeviceKind, options: SessionOptions, events: ComputeEvents, signal: AbortSignal, why = '',
): Promise<Chosen> {
  signal.throwIfAborted()
  const client = computeClient(await host.startCompute(kind), events)
  const end = () => void client.terminate()
  signal.addEventListener('abort', end, { once: true })
  try {
    signal.throwIfAborted()
    const { description } = await client.describe()
    const plan = await client.prepare(options)
    return { client, kind, plan, device: description + why }
  } catch (error) {
    await client.terminate()
    throw error
  } finally {
    signal.removeEventListener('abort', end)
  }
}

/**
 * Milliseconds a step. The first is left out where it can be afforded, since it pays for compiling; Infinity when there was no
 * first one in time.
 */
async function stepTime(client: ComputeClient, signal: AbortSignal, patience: number): Promise<number> {
  const aborted = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(UnrollError.from(signal.reason)), { once: true }))
  aborted.catch(() => {})
  const within = async (time: Promise<number>, limit: number, otherwise: number) => {
    time.catch(() => {})
    const late = deadline(limit)
    try {
      return await Promise.race([time, aborted, late.reached.catch(() => otherwise)])
    } finally {
      late.clear()
    }
  }
  const first = await within(client.time(1), patience, Infinity)
  return first > timingPatience / 2 ? first : within(client.time(Math.max(1, Math.min(5, Math.floor(timingPatience / 4 / first)))), timingPatience, first)
}

interface Deadline { signal: AbortSignal; reached: Promise<never>; clear(): void }

function deadline(after: number): Deadline {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const reached = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      controller.abort()
      reject(new UnrollError('device.slow', `it wasn't ready after ${after / 1000} s`))
    }, after)
  })
  // Nobody may be racing it any more when it is reached.
  reached.catch(() => {})
  return { signal: controller.signal, reached, clear: () => clearTimeout(timer) }
}

const noGpu = (description: string) => description === '' ? 'no GPU answers here' : `no GPU answers here: ${description}`

const perStep = (time: number) => `${milliseconds(time)} a step`

const milliseconds = (time: number) => time === Infinity ? 'too long to wait for' : `${time < 10 ? time.toFixed(time < 1 ? 2 : 1) : Math.round(time)} ms`
