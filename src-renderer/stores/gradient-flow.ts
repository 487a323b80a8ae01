import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import { type ErrorEnvelope, UnrollError } from '@shared/errors'
import type { GradientFlowLine } from '@shared/metrics'
import { useHost } from '../rpc/use-host'

/** Looks of one run that are held; beyond, every second one goes. */
const HELD = 800

/** How the gradient goes back through time in the runs that were looked at, look by look, the newest last. */
export const useGradientFlow = defineStore('gradient flow', () => {
  const { rpc } = useHost()
  const looks = shallowReactive(new Map<string, readonly GradientFlowLine[]>())
  const errors = shallowReactive(new Map<string, ErrorEnvelope>())

  /** Those of a run that have come; `open` asks for them. */
  const of = (id: string): readonly GradientFlowLine[] => looks.get(id) ?? []

  /** Asks for a run's looks, once; from then on they come by themselves. */
  function open(id: string): void {
    if (!looks.has(id)) void load(id)
  }

  async function load(id: string): Promise<void> {
    if (!looks.has(id)) looks.set(id, [])
    try {
      const found = await rpc.call('runs.gradientFlow', { id })
      const newest = found.at(-1)?.step ?? -1
      // Those that came by themselves meanwhile are newer.
      looks.set(id, [...found, ...(looks.get(id) ?? []).filter(({ step }) => step > newest)])
      errors.delete(id)
    } catch (reason) {
      errors.set(id, UnrollError.from(reason).toJSON())
    }
  }

  rpc.on('run.gradientFlow', ({ id, line }) => {
    const known = looks.get(id)
    if (!known) return
    // A run that went on from a checkpoint tells the steps after it again.
    const before = known.filter(({ step }) => step < line.step)
    looks.set(id, [...(before.length >= HELD ? before.filter((_, at) => at % 2 === 0) : before), line])
  })
  rpc.onConnection((connected) => {
    if (connected) for (const id of looks.keys()) void load(id)
  })

  return { of, open, load, errors }
})
