import { defineStore } from 'pinia'
import type { Params, Result } from '@shared/rpc/contract'
import { useHost } from '../rpc/use-host'
import { useInspector } from './inspector'

export type Space = Result<'inspect.space'>
export type Spectrum = Result<'inspect.spectrum'>
export type Eigenvalues = Result<'inspect.jacobian'>
export type FixedPoints = Result<'inspect.fixedPoints'>
type SpaceRequest = Params<'inspect.space'>
export type Feature = NonNullable<NonNullable<SpaceRequest['cloud']>['features']>[number]
type CellPlace = Omit<Params<'inspect.spectrum'>, 'trace' | 'task'>

const task = 'state space'

/** States as points, and how the recurrence moves them. Every question may fail with an UnrollError. */
export const useSpace = defineStore('space', () => {
  const { rpc } = useHost()
  const inspector = useInspector()

  /** The data's states and the open trace's, in one picture. A question still under way is given up. */
  async function project(id: string, tensor: string, steps: number, method: 'pca' | 'umap', components: 2 | 3, features: Feature[]): Promise<Space> {
    await cancel()
    return inspector.ask((trace) => rpc.call('inspect.space', {
      method, components, task, cloud: { id, tensor, features }, trajectory: { trace, tensor, from: 0, to: Math.min(steps, 2000) },
    }))
  }

  const cancel = (): Promise<null> => rpc.call('inspect.cancel', { task })
  const spectrum = (place: CellPlace): Promise<Spectrum> => inspector.ask((trace) => rpc.call('inspect.spectrum', { trace, ...place }))
  const jacobian = (place: CellPlace, step: number): Promise<Eigenvalues> => inspector.ask((trace) => rpc.call('inspect.jacobian', { trace, ...place, step }))
  const fixedPoints = (place: CellPlace, steps: number): Promise<FixedPoints> =>
    inspector.ask((trace) => rpc.call('inspect.fixedPoints', { trace, ...place, input: { kind: 'mean', from: 0, to: steps }, tolerance: 1e-8 }))

  return { project, cancel, spectrum, jacobian, fixedPoints }
})
