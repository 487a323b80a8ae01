import { defineStore } from 'pinia'
import type { Params, Result } from '@shared/rpc/contract'
import { useHost } from '../rpc/use-host'
import { useInspector } from './inspector'
import { longTask } from './long-task'

export type Correlations = Result<'inspect.correlate'>
export type Probe = Result<'inspect.probe'>
export type Property = Result<'inspect.property'>
export type Feature = Params<'inspect.probe'>['feature']

/** Where a question is put: the open trace, or the data of its run. */
export type Where = { readonly over: 'sequence' } | { readonly over: 'dataset'; readonly id: string; readonly most: number }

/** What units mean: correlations with properties of the steps, and linear read-outs. Every question may fail with an UnrollError. */
export const useMeaning = defineStore('meaning', () => {
  const { rpc } = useHost()
  const inspector = useInspector()
  const tasks = { correlate: longTask(rpc, 'meaning of units'), probe: longTask(rpc, 'read-out') }

  const ask = <T>(kind: keyof typeof tasks, question: (trace: string, task: string) => Promise<T>): Promise<T> =>
    tasks[kind].run((task) => inspector.ask((trace) => question(trace, task)))

  const correlate = (where: Where, tensor: string, features: Feature[]): Promise<Correlations> => ask('correlate', (trace, task) => rpc.call('inspect.correlate',
    where.over === 'sequence' ? { id: inspector.trace!.runId, trace, tensor, features, task } : { id: where.id, tensor, features, most: where.most, task }))
  const probe = (where: Where, tensor: string, feature: Feature): Promise<Probe> => ask('probe', (trace, task) => rpc.call('inspect.probe',
    where.over === 'sequence' ? { id: inspector.trace!.runId, trace, tensor, feature, task } : { id: where.id, tensor, feature, read: where.most, task }))
  const property = (stack: Params<'inspect.property'>['stack'], feature: Feature): Promise<Property> => inspector.ask((trace) => rpc.call('inspect.property', { trace, stack, feature }))
  const cancel = (kind: keyof typeof tasks) => tasks[kind].cancel()

  return { correlating: tasks.correlate.progress, probing: tasks.probe.progress, correlate, probe, property, cancel }
})
