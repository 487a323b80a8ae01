import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { MetricBlock } from '@shared/rpc/metric-block'
import type { Run } from '@shared/rpc/schemas'
import { MetricBuffer, tokensPerStep } from '../charts/metric-buffer'
import { useHost } from '../rpc/use-host'
import { queueForFrame } from '../ui/frame-queue'

/** Lines put away before the clock is looked at, and milliseconds after which a frame gets its turn. */
const SLICE = 1024
const SLICE_MS = 5

/** Runs whose measurements are held at a time; a million steps take some 40 MB. */
const HELD = 6

/**
 * The measurements of the runs that were looked at, in typed columns outside Vue. What is reactive is one number a run,
 * raised at most once a frame, however many lines come.
 */
export const useMetrics = defineStore('metrics', () => {
  const { rpc } = useHost()
  const buffers = new Map<string, MetricBuffer>()
  const revisions = shallowReactive(new Map<string, number>())
  /** How much of a long run's measurements has come, 0 to 1; nothing when all has. */
  const reading = shallowReactive(new Map<string, number>())
  const errors = shallowReactive(new Map<string, ErrorEnvelope>())
  const loading = new Set<string>()
  /** Runs of which lines came while others before them were still asked for. */
  const gaps = new Set<string>()
  const changed = new Set<string>()

  /** Rises whenever the run's buffer has new lines. */
  const revision = (id: string): number => revisions.get(id) ?? 0

  function tell(): void {
    for (const run of changed) revisions.set(run, revision(run) + 1)
    changed.clear()
  }

  function announce(id: string): void {
    changed.add(id)
    queueForFrame(tell)
  }

  /** The run's buffer; asks for what it lacks. */
  function open(run: Run): MetricBuffer {
    const known = buffers.get(run.id)
    // An unplanned run has no epoch length yet; its buffer is made anew once it has.
    const buffer = known && known.stepsPerEpoch === run.stepsPerEpoch ? known : new MetricBuffer(run.stepsPerEpoch, tokensPerStep(run.experiment))
    buffers.delete(run.id)
    buffers.set(run.id, buffer)
    for (const [id] of [...buffers].slice(0, Math.max(0, buffers.size - HELD))) buffers.delete(id)
    if (buffer !== known) void load(run.id)
    return buffer
  }

  async function load(id: string): Promise<void> {
    const buffer = buffers.get(id)
    if (!buffer || loading.has(id)) return
    loading.add(id)
    try {
      // A block at a time: each is drawn before the next comes.
      for (let more = true; more && buffers.get(id) === buffer;) {
        const { rewinds } = buffer
        gaps.delete(id)
        const block = await rpc.call('runs.metrics', { id, from: buffer.lines })
        const whole = await putAway(buffer, block, rewinds)
        more = !whole || block.more || gaps.has(id)
        if (block.more) reading.set(id, block.read)
        announce(id)
      }
      errors.delete(id)
    } catch (reason) {
      errors.set(id, UnrollError.from(reason).toJSON())
    } finally {
      loading.delete(id)
      reading.delete(id)
    }
    // The buffer was made anew meanwhile: what came belongs to the old one.
    if (buffers.has(id) && buffers.get(id) !== buffer) await load(id)
  }

  /** @returns false when the run went back meanwhile: what was asked for has to be asked for again */
  async function putAway(buffer: MetricBuffer, block: MetricBlock, rewinds: number): Promise<boolean> {
    for (let began = performance.now(); buffer.rewinds === rewinds;) {
      if (buffer.fill(block, SLICE)) return true
      if (performance.now() - began < SLICE_MS) continue
      await new Promise((resolve) => setTimeout(resolve))
      began = performance.now()
    }
    return false
  }

  rpc.on('run.metrics', ({ id, from, metrics }) => {
    const buffer = buffers.get(id)
    if (!buffer) return
    if (buffer.take(from, metrics)) return announce(id)
    gaps.add(id)
    void load(id)
  })
  rpc.onConnection((connected) => {
    if (connected) for (const id of buffers.keys()) void load(id)
  })

  return { open, load, revision, reading, errors }
})
