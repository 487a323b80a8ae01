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

/** A GPU that takes longer to get ready than this isn't worth waiting for when the choice is ours. */
const patience = 30_000

/**
 * Prepares the session on the device asked for. `auto` times a few steps of this very model on each device there is,
 * and keeps the faster.
 * @param before the kind an earlier part of this run was trained on: `auto` stays with it
 * @throws UnrollError `device.unavailable` when the GPU was asked for and there is none
 */
export async function chooseDevice(
  host: HostCapabilities, wanted: Device, before: DeviceKind | null, options: SessionOptions, events: ComputeEvents, signal: AbortSignal,
): Promise<Chosen> {
  if (wanted !== 'auto') return start(host, wanted, options, events, signal)
  if (before === 'cpu') return start(host, 'cpu', options, events, signal, ' (auto: as before)')
  const gpu = await host.probeGpu()
  if (!gpu.available) {
    return start(host, 'cpu', options, events, signal, before === 'gpu' ? ` (auto: the GPU it began on isn't there: ${gpu.description})` : ` (auto: ${noGpu(gpu.description)})`)
  }
  if (before === 'gpu') return start(host, 'gpu', options, events, signal, ' (auto: as before)')
  return faster(host, options, events, signal)
}

async function faster(host: HostCapabilities, options: SessionOptions, events: ComputeEvents, signal: AbortSignal): Promise<Chosen> {
  const cpu = await start(host, 'cpu', options, events, signal)
  const cpuTime = await stepTime(cpu.client)
  let gpu: Chosen | null = null
  const late = deadline(patience)
  try {
    gpu = await Promise.race([start(host, 'gpu', options, events, AbortSignal.any([signal, late.signal])), late.reached])
    const gpuTime = await Promise.race([stepTime(gpu.client), late.reached])
    const [winner, loser, time, other] = gpuTime < cpuTime ? [gpu, cpu, gpuTime, cpuTime] : [cpu, gpu, cpuTime, gpuTime]
    await loser.client.terminate()
    return { ...winner, device: `${winner.device} (auto: ${milliseconds(time)} a step, ${loser.device} ${milliseconds(other)})` }
  } catch (error) {
    await gpu?.client.terminate()
    if (signal.aborted) {
      await cpu.client.terminate()
      throw error
    }
    return { ...cpu, device: `${cpu.device} (auto: ${milliseconds(cpuTime)} a step; the GPU was left out: ${UnrollError.from(error).message})` }
  } finally {
    late.clear()
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

/** Milliseconds a step: the first is left out where it can be afforded, since it pays for compiling. */
async function stepTime(client: ComputeClient): Promise<number> {
  const first = await client.time(1)
  return first > 1000 ? first : client.time(5)
}

function deadline(after: number): { signal: AbortSignal; reached: Promise<never>; clear(): void } {
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

const milliseconds = (time: number) => `${time < 10 ? time.toFixed(time < 1 ? 2 : 1) : Math.round(time)} ms`
