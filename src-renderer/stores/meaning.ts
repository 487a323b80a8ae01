import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { Params, Result } from '@shared/rpc/contract'
import { useHost } from '../rpc/use-host'
import { useInspector } from './inspector'

export type Correlations = Result<'inspect.correlate'>
export type Probe = Result<'inspect.probe'>
export type Property = Result<'inspect.property'>
export type Feature = Params<'inspect.probe'>['feature']

/** Where a question is put: the open trace, or the data of its run. */
export type Where = { readonly over: 'sequence' } | { readonly over: 'dataset'; readonly id: string; readonly most: number }

/** How far a piece of work is. */
export interface Share { readonly share: number; readonly remainingMs: number | null }

const tasks = { correlate: 'meaning of units', probe: 'read-out' } as const

/** What units mean: correlations with properties of the steps, and linear read-outs. Every question may fail with an UnrollError. */
export const useMeaning = defineStore('meaning', () => {
  const { rpc } = useHost()
  const inspector = useInspector()
  const progress = { correlate: shallowRef<Share | null>(null), probe: shallowRef<Share | null>(null) }
  const asked = ref(0)

  /** One question of a kind at a time: one still under way is given up. */
  async function ask<T>(kind: keyof typeof tasks, question: (trace: string, task: string) => Promise<T>): Promise<T> {
    if (progress[kind].value) await cancel(kind)
    const mine = ++asked.value
    const own = { share: 0, remainingMs: null }
    progress[kind].value = own
    running.set(kind, mine)
    try {
      return await inspector.ask((trace) => question(trace, tasks[kind]))
    } finally {
      if (running.get(kind) === mine) progress[kind].value = null
    }
  }
  const running = new Map<keyof typeof tasks, number>()

  const correlate = (where: Where, tensor: string, features: Feature[]): Promise<Correlations> => ask('correlate', (trace, task) => rpc.call('inspect.correlate',
    where.over === 'sequence' ? { id: inspector.trace!.runId, trace, tensor, features, task } : { id: where.id, tensor, features, most: where.most, task }))
  const probe = (where: Where, tensor: string, feature: Feature): Promise<Probe> => ask('probe', (trace, task) => rpc.call('inspect.probe',
    where.over === 'sequence' ? { id: inspector.trace!.runId, trace, tensor, feature, task } : { id: where.id, tensor, feature, read: where.most, task }))
  const property = (stack: Params<'inspect.property'>['stack'], feature: Feature): Promise<Property> => inspector.ask((trace) => rpc.call('inspect.property', { trace, stack, feature }))
  const cancel = (kind: keyof typeof tasks): Promise<null> => rpc.call('inspect.cancel', { task: tasks[kind] })

  rpc.on('inspect.progress', ({ task, done, total, remainingMs }) => {
    for (const kind of ['correlate', 'probe'] as const) if (task === tasks[kind] && progress[kind].value) progress[kind].value = { share: total > 0 ? done / total : 0, remainingMs }
  })

  return { correlating: progress.correlate, probing: progress.probe, correlate, probe, property, cancel }
})
