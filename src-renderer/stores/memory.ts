import { defineStore } from 'pinia'
import type { Trace } from '@shared/rpc/inspect-schemas'
import type { Params, Result } from '@shared/rpc/contract'
import { useHost } from '../rpc/use-host'
import { useInspector } from './inspector'

type Flow = Result<'inspect.flow'>

/** What each output of a stretch hangs on. */
export interface Connectivity {
  readonly measure: 'gradient' | 'occlusion'
  readonly from: number
  readonly to: number
  /** Row-major [outputs, inputs], each counted from `from`. */
  readonly matrix: Float32Array
  /** Of one output, [inputs]. */
  of(output: number): Float32Array
  /** Mean by how many steps back, k = 0 …. */
  readonly lags: Float32Array
}

/** What one step hangs on. `inputs` is null where no output is at that step. */
export interface Backward {
  flow: Flow
  inputs: { from: number; norms: Float32Array } | null
}

interface Layer { readonly stack: Trace['timelines'][number]['stack']; readonly layer: number; readonly direction: 'forward' | 'reverse' }

/** How far back the network remembers: gradients and occlusion over stretches of what the inspector has open. */
export const useMemory = defineStore('memory', () => {
  const { rpc } = useHost()
  const inspector = useInspector()
  let asked = 0

  /** From step `step` back to `from`. @throws UnrollError */
  async function backward(trace: Trace, { stack, layer, direction }: Layer, from: number, step: number): Promise<Backward> {
    const flow = await inspector.ask((id) => rpc.call('inspect.flow', { trace: id, from, to: step + 1, layer, direction, stack }))
    if (trace.timelines.length > 1) return { flow, inputs: null }
    const follow = (followed: Params<'inspect.gradients'>['followed']) =>
      inspector.ask((id) => rpc.call('inspect.gradients', { trace: id, from, to: step + 1, steps: [step], followed }))
    // The last step of a text has nothing that really came next: there the likeliest is followed.
    const found = trace.surprise ? await follow({ kind: 'target' }).catch(() => follow({ kind: 'likeliest' })) : await follow({ kind: 'column', column: 0 })
    return { flow, inputs: { from: found.from, norms: found.norms } }
  }

  /** Of every output of steps [from, to) on every input before it. The newest question wins: an older one is given up. @throws UnrollError */
  async function connectivity(measure: Connectivity['measure'], from: number, to: number): Promise<Connectivity> {
    if (asked > 0) await rpc.call('inspect.cancel', { task: `memory ${asked}` })
    const task = `memory ${++asked}`
    if (measure === 'gradient') {
      const followed = inspector.trace?.surprise ? { kind: 'likeliest' as const } : { kind: 'column' as const, column: 0 }
      const found = await inspector.ask((trace) => rpc.call('inspect.gradients', { trace, from, to, followed, task }))
      return connected(measure, found.from, found.outputs, found.norms)
    }
    const found = await inspector.ask((trace) => rpc.call('inspect.occlusion', { trace, from, to, task }))
    const count = found.outputs
    const turned = new Float32Array(count * count)
    for (let input = 0; input < found.inputs; input++) for (let output = 0; output < count; output++) turned[output * count + input] = found.effects[input * count + output]!
    return connected(measure, found.from, count, turned)
  }

  return { backward, connectivity }
})

function connected(measure: Connectivity['measure'], from: number, count: number, matrix: Float32Array): Connectivity {
  const lags = Float32Array.from({ length: count }, (_, lag) => {
    let [sum, known] = [0, 0]
    for (let output = lag; output < count; output++) {
      const value = matrix[output * count + output - lag]!
      if (Number.isNaN(value)) continue
      sum += value
      known++
    }
    return known > 0 ? sum / known : Number.NaN
  })
  return { measure, from, to: from + count, matrix, lags, of: (output) => matrix.slice((output - from) * count, (output - from + 1) * count) }
}
